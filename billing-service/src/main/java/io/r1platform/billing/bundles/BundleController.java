package io.r1platform.billing.bundles;

import io.r1platform.billing.bundles.Missing.Code;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.receipts.Bundles;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Hands out bundles as they were made; whose one is, the gateway asks. */
@RestController
class BundleController {
  private final BundleTable table;
  private final Bundles bundles;

  BundleController(BundleTable table, Bundles bundles) {
    this.table = table;
    this.bundles = bundles;
  }

  /** Of any organization. */
  @GetMapping("/internal/v1/invoices/{id}/bundle")
  void bundle(@PathVariable long id, HttpServletResponse response) throws IOException {
    send(invoice(id), response);
  }

  /** Of that organization alone. */
  @GetMapping("/internal/v1/organizations/{organization}/invoices/{id}/bundle")
  void bundle(@PathVariable long organization, @PathVariable long id, HttpServletResponse response)
      throws IOException {
    Billed billed = invoice(id);
    if (billed.organization() != organization) {
      throw unknown(id);
    }
    send(billed, response);
  }

  private Billed invoice(long id) {
    return table.invoice(id).orElseThrow(() -> unknown(id));
  }

  private static ServiceException unknown(long id) {
    return ServiceException.notFound("Invoice " + id);
  }

  private void send(Billed billed, HttpServletResponse response) throws IOException {
    long id = billed.invoiceId();
    BundleTable.Stored stored = table.stored(id).orElseThrow(() -> refused(billed));
    response.setContentType("application/zip");
    response.setContentLengthLong(stored.bytes());
    response.setHeader("x-r1-sha256", stored.sha256());
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION,
        ContentDisposition.attachment().filename(stored.number() + ".zip").build().toString());
    table.copy(id, response.getOutputStream());
  }

  private ServiceException refused(Billed billed) {
    Missing missing =
        switch (billed.status()) {
          case "open", "draft" ->
              new Missing(
                  Code.DRAFT,
                  "%s is not finalized: its bundle is made after that.".formatted(billed.month()));
          case "void" -> new Missing(Code.VOID, "The invoice was made void.");
          default -> table.missing(billed.invoiceId()).orElseGet(this::notYet);
        };
    return ServiceException.bundleMissing(missing.code().name(), missing.what());
  }

  private Missing notYet() {
    return bundles.canSign()
        ? new Missing(Code.SOON, "It is made within minutes. Ask again.")
        : new Missing(Code.KEY, "The log of receipts has no key to sign with.");
  }
}
