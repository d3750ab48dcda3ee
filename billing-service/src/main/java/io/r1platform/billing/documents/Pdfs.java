package io.r1platform.billing.documents;

import io.r1platform.billing.invoices.InvoiceView;
import io.r1platform.billing.invoices.InvoiceViews;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The documents of invoices: made at the first asking, then kept. A draft's is not kept. */
@Component
public class Pdfs {
  private static final String NAME_OF_DRAFT = "draft-";

  /**
   * A document.
   *
   * @param name of a file
   * @param sha256 hexadecimal
   */
  @SuppressWarnings("ArrayRecordComponent") // a file, never compared
  record Pdf(String name, byte[] bytes, String sha256) {}

  private final InvoiceViews invoices;
  private final PdfRenderer renderer;
  private final JdbcClient jdbc;
  private final Clock clock;

  Pdfs(InvoiceViews invoices, PdfRenderer renderer, JdbcClient jdbc, Clock clock) {
    this.invoices = invoices;
    this.renderer = renderer;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** The bytes of an invoice's document as its organization has chosen it. */
  public byte[] document(long invoice) {
    return of(invoice(invoice)).bytes();
  }

  /** In the language and on the paper that its organization has chosen. */
  Pdf of(InvoiceView invoice) {
    return of(invoice, language(invoice), paper(invoice));
  }

  static Language language(InvoiceView invoice) {
    return Language.valueOf(invoice.customer().language().toUpperCase(Locale.ROOT));
  }

  static Paper paper(InvoiceView invoice) {
    return Paper.valueOf(invoice.customer().paper());
  }

  Pdf of(InvoiceView invoice, Language language, Paper paper) {
    String number = invoice.number();
    if (number == null) {
      byte[] bytes = render(invoice, language, paper);
      return new Pdf(NAME_OF_DRAFT + invoice.invoiceId(), bytes, sha256(bytes));
    }
    Optional<byte[]> kept = kept(invoice, language, paper);
    if (kept.isEmpty()) {
      keep(invoice, language, paper, render(invoice, language, paper));
      kept = kept(invoice, language, paper); // another one's, if that was sooner
    }
    byte[] bytes = kept.orElseThrow();
    return new Pdf(number, bytes, sha256(bytes));
  }

  InvoiceView invoice(long id) {
    return invoices.of(id);
  }

  /** Of what is finalized, the same bytes however often. */
  byte[] render(InvoiceView invoice, Language language, Paper paper) {
    Instant issued = invoice.issuedAt();
    InvoiceView.Voided voided = invoice.voided();
    Instant at = voided != null ? voided.at() : issued != null ? issued : invoice.builtAt();
    String html = InvoiceHtml.of(invoice, language, paper);
    return renderer.render(html, Long.parseLong(invoice.invoiceId()), at);
  }

  private Optional<byte[]> kept(InvoiceView invoice, Language language, Paper paper) {
    return jdbc.sql(
            """
            select bytes from invoice_pdf
            where invoice_id = ? and status = ? and language = ? and paper = ?
            """)
        .params(Long.parseLong(invoice.invoiceId()), invoice.status())
        .params(language.code(), paper.name())
        .query((row, n) -> row.getBytes("bytes"))
        .optional();
  }

  private void keep(InvoiceView invoice, Language language, Paper paper, byte[] bytes) {
    jdbc.sql(
            """
            insert into invoice_pdf (invoice_id, status, language, paper, sha256, bytes, made_at)
            values (?, ?, ?, ?, sha256(?), ?, ?) on conflict do nothing
            """)
        .params(Long.parseLong(invoice.invoiceId()), invoice.status())
        .params(language.code(), paper.name(), bytes, bytes)
        .param(clock.instant().atOffset(ZoneOffset.UTC))
        .update();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of()
          .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
