package io.r1platform.billing.documents;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.invoices.InvoiceView;
import io.r1platform.billing.invoices.IssuedInvoices;
import io.r1platform.billing.questions.TenantQuestions;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Documents of invoices; drafts too, but not for what an organization asks by itself. */
@RestController
class PdfController {
  private final Pdfs pdfs;
  private final IssuedInvoices issued;
  private final TenantQuestions questions;

  PdfController(Pdfs pdfs, IssuedInvoices issued, TenantQuestions questions) {
    this.pdfs = pdfs;
    this.issued = issued;
    this.questions = questions;
  }

  /** Of what that organization was sent alone; the same parameters. */
  @GetMapping("/internal/v1/organizations/{organization}/invoices/{id}/pdf")
  ResponseEntity<byte[]> pdf(
      @PathVariable long organization,
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String language,
      @RequestParam(required = false) @Nullable String paper) {
    if (questions.answer(organization, () -> issued.find(organization, id)).isEmpty()) {
      throw ServiceException.notFound("Invoice " + id);
    }
    return pdf(id, language, paper);
  }

  /**
   * {@code language}: en or ko; {@code paper}: A4 or LETTER; else as the organization has chosen.
   */
  @GetMapping("/internal/v1/invoices/{id}/pdf")
  ResponseEntity<byte[]> pdf(
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String language,
      @RequestParam(required = false) @Nullable String paper) {
    InvoiceView invoice = pdfs.invoice(id);
    Pdfs.Pdf pdf =
        pdfs.of(
            invoice,
            language == null ? Pdfs.language(invoice) : one("language", Language.class, language),
            paper == null ? Pdfs.paper(invoice) : one("paper", Paper.class, paper));
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_PDF)
        .header("x-r1-sha256", pdf.sha256())
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename(pdf.name() + ".pdf").build().toString())
        .body(pdf.bytes());
  }

  private static <E extends Enum<E>> E one(String name, Class<E> type, String value) {
    String upper = value.toUpperCase(Locale.ROOT);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equals(upper))
        .findFirst()
        .orElseThrow(
            () ->
                ServiceException.invalidRequest(
                    "'%s' is one of %s."
                        .formatted(name, Arrays.toString(type.getEnumConstants()))));
  }
}
