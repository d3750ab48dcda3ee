package io.r1platform.billing.documents;

import io.r1platform.billing.invoices.InvoiceChanged;
import io.r1platform.billing.invoices.InvoiceView;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mail.MailException;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.MimeMessageHelper;
import org.springframework.stereotype.Component;

/** Sends documents by e-mail; every attempt of one has the same Message-ID. */
@Component
class Mails {
  private final ObjectProvider<JavaMailSender> sender;
  private final Pdfs pdfs;
  private final DocumentSettings settings;

  Mails(ObjectProvider<JavaMailSender> sender, Pdfs pdfs, DocumentSettings settings) {
    this.sender = sender;
    this.pdfs = pdfs;
    this.settings = settings;
  }

  /** Nothing if the server took it, else why not. */
  String send(Outbox.Due due, InvoiceView invoice) {
    JavaMailSender server = sender.getIfAvailable();
    String from = settings.mailFrom();
    if (server == null || from == null) {
      return "no mail server is set";
    }
    try {
      server.send(message(server.createMimeMessage(), from, due, invoice));
      return "";
    } catch (MailException e) {
      return "the mail server did not take it: " + e.getClass().getSimpleName();
    } catch (MessagingException e) {
      return "it cannot be written: " + e.getMessage();
    }
  }

  private MimeMessage message(MimeMessage message, String from, Outbox.Due due, InvoiceView invoice)
      throws MessagingException {
    Language language = Pdfs.language(invoice);
    String kind = (invoice.isCreditNote() ? Word.CREDIT_NOTE : Word.INVOICE).in(language);
    String number = Objects.requireNonNull(invoice.number());
    var helper = new MimeMessageHelper(message, true, StandardCharsets.UTF_8.name());
    helper.setFrom(from);
    helper.setTo(Objects.requireNonNull(due.address()));
    helper.setSubject(Word.SUBJECT.in(language).formatted(kind, number, invoice.issuer().name()));
    String text =
        due.what() == InvoiceChanged.What.VOID
            ? Word.VOID_NEWS.in(language).formatted(number)
            : Word.GREETING
                .in(language)
                .formatted(number, invoice.currency() + " " + invoice.total());
    helper.setText(text + "\n\n" + invoice.issuer().name() + "\n");
    helper.addAttachment(
        number + ".pdf", new ByteArrayResource(pdfs.of(invoice).bytes()), "application/pdf");
    String host = from.substring(from.indexOf('@') + 1).replaceAll("[^A-Za-z0-9.-]", "");
    message.setHeader("Message-ID", "<%s@%s>".formatted(due.key(), host));
    return message;
  }
}
