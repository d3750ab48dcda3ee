package io.r1platform.api.statements;

import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * {@code /v1/invoices/{id}/bundle}: an invoice of the caller's organization with its records and
 * proofs, which {@code r1-verify-bill} checks. Passed on as it comes, as long as it is read at a
 * least pace; in places of its own, so that the other questions of a tenant never wait for it.
 */
@RestController
class BundleController {
  private static final MediaType ZIP = MediaType.parseMediaType("application/zip");
  private static final String ID = "[1-9][0-9]{0,17}";

  private final BillingReads billing;
  private final Downloads downloads;

  BundleController(BillingReads billing, Downloads downloads) {
    this.billing = billing;
    this.downloads = downloads;
  }

  /** 409 with what is missing until there is one. */
  @GetMapping("/v1/invoices/{id}/bundle")
  Mono<Void> bundle(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      ServerHttpResponse response) {
    if (!id.matches(ID)) {
      throw ServiceException.notFound("This invoice");
    }
    String path =
        "/internal/v1/organizations/%d/invoices/%s/bundle".formatted(caller.organizationId(), id);
    return downloads.send(
        caller, () -> billing.open(path, "This invoice"), ZIP, "invoice-" + id + ".zip", response);
  }
}
