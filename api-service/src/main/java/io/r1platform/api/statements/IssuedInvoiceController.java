package io.r1platform.api.statements;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /v1/invoices}: what the caller's organization was sent, drafts never. An invoice is of all
 * projects of the organization, as its bundle is; nothing that is sent can name another one.
 */
@RestController
final class IssuedInvoiceController {
  private static final String ID = "[1-9][0-9]{0,17}";
  private static final int MOST_PAGE = 100;
  private static final int USUAL_PAGE = 20;

  record Page(
      String object,
      List<InvoiceBody> data,
      @Nullable String first_id,
      @Nullable String last_id,
      boolean has_more) {}

  private final BillingReads billing;
  private final JsonMapper json;

  IssuedInvoiceController(BillingReads billing, JsonMapper json) {
    this.billing = billing;
    this.json = json;
  }

  /** The newest first, without lines. */
  @GetMapping("/v1/invoices")
  Page list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String after) {
    if (after != null && !after.matches(ID)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "after", "'after' is the id of an invoice.");
    }
    String query = "?limit=" + limit(limit) + (after == null ? "" : "&after=" + after);
    JsonNode answer = billing.read(caller, path(caller) + query);
    List<InvoiceBody> page = new ArrayList<>();
    answer.path("invoices").forEach(one -> page.add(InvoiceBody.of(one)));
    return new Page(
        "list",
        page,
        page.isEmpty() ? null : page.getFirst().id(),
        page.isEmpty() ? null : page.getLast().id(),
        answer.path("next").isString());
  }

  @GetMapping("/v1/invoices/{id}")
  InvoiceBody.Whole one(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    if (!id.matches(ID)) {
      throw unknown();
    }
    HttpResponse<byte[]> answer = billing.raw(caller, path(caller) + "/" + id);
    if (answer.statusCode() != 200) {
      throw unknown();
    }
    return InvoiceBody.Whole.of(json.readTree(answer.body()));
  }

  private static int limit(@Nullable String limit) {
    if (limit == null) {
      return USUAL_PAGE;
    }
    if (!limit.matches("[0-9]{1,3}")
        || Integer.parseInt(limit) < 1
        || Integer.parseInt(limit) > MOST_PAGE) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "limit", "'limit' is 1 to %d.".formatted(MOST_PAGE));
    }
    return Integer.parseInt(limit);
  }

  private static ServiceException unknown() {
    return ServiceException.notFound("This invoice");
  }

  private static String path(Caller caller) {
    return "/internal/v1/organizations/%d/invoices".formatted(caller.organizationId());
  }
}
