package io.r1platform.api.console;

import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.security.Access;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
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
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /admin/api/exports/schedules}: exports that billing writes again and again to a configured
 * target. They are the operator's alone, as targets are.
 */
@RestController
@RequestMapping("/admin/api/exports/schedules")
final class ExportScheduleController {
  private static final String SCHEDULES = "/internal/v1/export-schedules";
  private static final String ORGANIZATION = "organization_id";

  private final Access access;
  private final Tenancy tenancy;
  private final BillingReports billing;
  private final BillingOrders orders;
  private final Writes writes;

  ExportScheduleController(
      Access access, Tenancy tenancy, BillingReports billing, BillingOrders orders, Writes writes) {
    this.access = access;
    this.tenancy = tenancy;
    this.billing = billing;
    this.orders = orders;
    this.writes = writes;
  }

  /** Newest first. */
  @GetMapping
  JsonNode list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-created_at", "created_at");
    return billing.page(paging.on(Query.of(parameters, ORGANIZATION)).on(SCHEDULES), "schedules");
  }

  @PostMapping
  ResponseEntity<byte[]> create(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Principal who = access.operator(principal);
    Long organization = Fields.optionalId(ORGANIZATION, body.path(ORGANIZATION).asString(null));
    if (organization != null) {
      tenancy.requireOrganization(who.reach(Permission.SITE), organization);
    }
    ObjectNode signed = body.deepCopy();
    signed.put("actor", who.name());
    return send(
        Write.of(who, exchange),
        HttpStatus.CREATED,
        "export_schedule.made",
        "",
        organization,
        signed);
  }

  @GetMapping("/{id}")
  JsonNode get(@AuthenticationPrincipal @Nullable Principal principal, @PathVariable String id) {
    access.operator(principal);
    return found(id);
  }

  /** Makes no further exports; one that runs goes on. */
  @PostMapping("/{id}/pause")
  ResponseEntity<byte[]> pause(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return alter(principal, exchange, "export_schedule.paused", id, "/pause", body);
  }

  /** Makes exports again, those that were missed first; one that failed is tried at once. */
  @PostMapping("/{id}/resume")
  ResponseEntity<byte[]> resume(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return alter(principal, exchange, "export_schedule.resumed", id, "/resume", body);
  }

  /** Ends it for good; files that are written stay. */
  @PostMapping("/{id}/close")
  ResponseEntity<byte[]> close(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return alter(principal, exchange, "export_schedule.closed", id, "/close", body);
  }

  private ResponseEntity<byte[]> alter(
      @Nullable Principal principal,
      ServerWebExchange exchange,
      String action,
      String id,
      String verb,
      ObjectNode body) {
    Principal who = access.operator(principal);
    ObjectNode schedule = found(id);
    Long organization = Fields.optionalId(ORGANIZATION, schedule.path(ORGANIZATION).asString(null));
    return send(
        Write.of(who, exchange),
        HttpStatus.OK,
        action,
        "/" + Fields.requiredId("id", id) + verb,
        organization,
        body);
  }

  private ResponseEntity<byte[]> send(
      Write write,
      HttpStatus status,
      String action,
      String path,
      @Nullable Long organization,
      ObjectNode body) {
    var order =
        new BillingOrders.Order(
            action, "export_schedule", "schedule_id", SCHEDULES + path, organization, body);
    return writes.ordered(write, () -> new Writes.Made(status, null, orders.order(write, order)));
  }

  private ObjectNode found(String id) {
    return billing
        .find(SCHEDULES + "/" + Fields.requiredId("id", id))
        .orElseThrow(() -> ServiceException.notFound("This schedule"));
  }
}
