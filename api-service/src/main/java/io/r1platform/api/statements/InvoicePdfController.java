package io.r1platform.api.statements;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * {@code /v1/invoices/{id}/pdf}: the document of what the caller's organization was sent, which is
 * made once and stays the same bytes. What is void since is another document, and says so.
 */
@RestController
class InvoicePdfController {
  private static final String WHAT = "This invoice";
  private static final String ID = "[1-9][0-9]{0,17}";
  private static final List<String> LANGUAGES = List.of("en", "ko");
  private static final List<String> PAPERS = List.of("A4", "LETTER");

  private final BillingReads billing;
  private final Downloads downloads;

  InvoicePdfController(BillingReads billing, Downloads downloads) {
    this.billing = billing;
    this.downloads = downloads;
  }

  /** Without parameters as the organization has chosen; 304 for whoever has these bytes. */
  @GetMapping("/v1/invoices/{id}/pdf")
  Mono<Void> pdf(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String language,
      @RequestParam(required = false) @Nullable String paper,
      ServerWebExchange exchange) {
    if (!id.matches(ID)) {
      throw ServiceException.notFound(WHAT);
    }
    List<String> query = new ArrayList<>();
    choose("language", language, LANGUAGES, query);
    choose("paper", paper, PAPERS, query);
    String path =
        "/internal/v1/organizations/%d/invoices/%s/pdf".formatted(caller.organizationId(), id)
            + (query.isEmpty() ? "" : "?" + String.join("&", query));
    return downloads.send(
        caller,
        () -> document(path, exchange),
        MediaType.APPLICATION_PDF,
        "invoice-" + id + ".pdf",
        exchange.getResponse());
  }

  private InputStream document(String path, ServerWebExchange exchange) throws IOException {
    HttpResponse<InputStream> file = billing.file(path, WHAT);
    String tag = file.headers().firstValue("x-r1-sha256").orElse(null);
    if (tag != null && exchange.checkNotModified(tag)) {
      file.body().close();
      return InputStream.nullInputStream();
    }
    return file.body();
  }

  private static void choose(
      String name, @Nullable String value, List<String> values, List<String> query) {
    if (value == null) {
      return;
    }
    if (!values.contains(value)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          name,
          "'%s' is one of %s.".formatted(name, String.join(", ", values)));
    }
    query.add(name + "=" + value);
  }
}
