package io.r1platform.api.console;

import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Principal;
import io.r1platform.api.security.Access;
import io.r1platform.api.tenants.Tenants;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.JsonNode;

/**
 * {@code /admin/api/prices}: the price book for operators. Billing keeps it and says what it
 * refuses. The audit row is written before billing is asked, so nothing changes without one; a
 * command that billing then refused has its row too.
 */
@RestController
@RequestMapping("/admin/api/prices")
final class PriceController {
  private static final String BILLING = "/internal/v1/prices";
  private static final String VERSION = "price_version";

  private final Access access;
  private final BillingReports billing;
  private final AuditTrail audit;
  private final TransactionOperations transactions;
  private final Writes writes;
  private final Tenants tenants;

  PriceController(
      Access access,
      BillingReports billing,
      AuditTrail audit,
      TransactionOperations transactions,
      Writes writes,
      Tenants tenants) {
    this.access = access;
    this.billing = billing;
    this.audit = audit;
    this.transactions = transactions;
    this.writes = writes;
    this.tenants = tenants;
  }

  @GetMapping("/versions")
  JsonNode versions(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-version_id", "version_id");
    return billing.page(
        paging.on(Query.of(parameters, "organization_id")).on(BILLING + "/versions"), "versions");
  }

  @GetMapping("/versions/{id}")
  JsonNode version(
      @AuthenticationPrincipal @Nullable Principal principal, @PathVariable String id) {
    access.operator(principal);
    return billing.read(BILLING + "/versions/" + Fields.requiredId("id", id));
  }

  @PostMapping("/drafts")
  ResponseEntity<byte[]> create(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody JsonNode body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    String command = Fields.required("command_id", body.path("command_id").asString(null));
    String named = body.path("card").path("organization_id").asString(null);
    Long organization = Fields.optionalId("organization_id", named);
    if (organization != null) {
      tenants.requireOrganization(organization);
    }
    return command(
        write,
        new Change("price_draft.created", VERSION, command, organization, null, body.deepCopy()),
        "/drafts",
        body);
  }

  @PostMapping("/drafts/{id}")
  ResponseEntity<byte[]> edit(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody JsonNode body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    return on(write, "price_draft.edited", id, "/drafts/%d", body);
  }

  @PostMapping("/drafts/{id}/discard")
  ResponseEntity<byte[]> discard(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody JsonNode body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    return on(write, "price_draft.discarded", id, "/drafts/%d/discard", body);
  }

  @PostMapping("/drafts/{id}/publish")
  ResponseEntity<byte[]> publish(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody JsonNode body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    return on(write, "price_version.published", id, "/drafts/%d/publish", body);
  }

  @PostMapping("/versions/{id}/close")
  ResponseEntity<byte[]> close(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody JsonNode body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    return on(write, "price_version.closed", id, "/versions/%d/close", body);
  }

  /** What stored usage would cost by a version or draft; changes nothing, so it is not audited. */
  @PostMapping("/versions/{id}/preview")
  JsonNode preview(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody JsonNode body) {
    access.operator(principal);
    return billing.post(
        BILLING + "/versions/%d/preview".formatted(Fields.requiredId("id", id)), body);
  }

  @GetMapping("/calendars/{name}")
  JsonNode calendar(
      @AuthenticationPrincipal @Nullable Principal principal, @PathVariable String name) {
    access.operator(principal);
    return billing.read(BILLING + "/calendars/" + calendarName(name));
  }

  @PostMapping("/calendars/{name}")
  ResponseEntity<byte[]> changeCalendar(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String name,
      @RequestBody JsonNode body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    String calendar = calendarName(name);
    return command(
        write,
        new Change(
            "holiday_calendar.changed", "holiday_calendar", calendar, null, null, body.deepCopy()),
        "/calendars/" + calendar,
        body);
  }

  private ResponseEntity<byte[]> on(
      Write write, String action, String id, String path, JsonNode body) {
    long version = Fields.requiredId("id", id);
    return command(
        write,
        new Change(action, VERSION, Long.toString(version), null, null, body.deepCopy()),
        path.formatted(version),
        body);
  }

  private ResponseEntity<byte[]> command(Write write, Change change, String path, JsonNode body) {
    return writes.ordered(
        write,
        () -> {
          if (write.isDryRun()) {
            Object effect = billing.post(BillingReports.dryRun(BILLING + path), body);
            return new Writes.Made(HttpStatus.OK, null, effect);
          }
          record(write, change.named(change.action() + ".ordered"));
          Object done = billing.post(BILLING + path, body);
          record(write, change);
          return new Writes.Made(HttpStatus.OK, null, done);
        });
  }

  private void record(Write write, Change change) {
    transactions.executeWithoutResult(status -> audit.record(write.actor(), change));
  }

  private static String calendarName(String name) {
    if (!name.matches("[A-Za-z0-9._-]{1,40}")) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "name", "A calendar's name is 1 to 40 of A-Z a-z 0-9 . _ -");
    }
    return name;
  }
}
