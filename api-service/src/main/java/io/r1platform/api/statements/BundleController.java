package io.r1platform.api.statements;

import io.r1platform.api.billing.StreamedBody;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/invoices/{id}/bundle}: an invoice of the caller's organization with its records and
 * proofs, which {@code r1-verify-bill} checks. Passed on as it comes.
 */
@RestController
class BundleController {
  private static final MediaType ZIP = MediaType.parseMediaType("application/zip");
  private static final String ID = "[1-9][0-9]{0,17}";

  private final BillingReads billing;

  BundleController(BillingReads billing) {
    this.billing = billing;
  }

  /** 409 with what is missing until there is one. */
  @GetMapping("/v1/invoices/{id}/bundle")
  ResponseEntity<Flow.Publisher<ByteBuffer>> bundle(
      @AuthenticationPrincipal Caller caller, @PathVariable String id) {
    if (!id.matches(ID)) {
      throw ServiceException.notFound("This invoice");
    }
    String path =
        "/internal/v1/organizations/%d/invoices/%s/bundle".formatted(caller.organizationId(), id);
    return ResponseEntity.ok()
        .contentType(ZIP)
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename("invoice-" + id + ".zip").build().toString())
        .body(new StreamedBody(billing.open(caller, path)));
  }
}
