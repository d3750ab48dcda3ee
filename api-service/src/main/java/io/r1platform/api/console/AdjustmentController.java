package io.r1platform.api.console;

import io.r1platform.api.console.BillingOrders.Order;
import io.r1platform.api.people.Principal;
import io.r1platform.api.security.Access;
import io.r1platform.api.tenants.Tenants;
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
 * {@code /admin/api/adjustments}: what is charged or given back beside requests. Billing carries
 * the orders out and says what it refuses; each has its rows in the audit trail.
 */
@RestController
@RequestMapping("/admin/api/adjustments")
final class AdjustmentController {
  private static final String ORGANIZATION = "organization_id";
  private static final String COMMITMENTS = "/internal/v1/commitments";

  private final Access access;
  private final BillingReports billing;
  private final BillingOrders orders;
  private final Writes writes;
  private final Tenants tenants;

  AdjustmentController(
      Access access, BillingReports billing, BillingOrders orders, Writes writes, Tenants tenants) {
    this.access = access;
    this.billing = billing;
    this.orders = orders;
    this.writes = writes;
    this.tenants = tenants;
  }

  @GetMapping
  JsonNode adjustments(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-posted_at", "posted_at");
    return billing.page(
        paging.on(Query.of(parameters, ORGANIZATION)).on("/internal/v1/adjustments"),
        "adjustments");
  }

  @GetMapping("/reratings")
  JsonNode reratings(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-done_at", "done_at");
    return billing.page(
        paging.on(Query.of(parameters, ORGANIZATION)).on("/internal/v1/prices/reratings"),
        "reratings");
  }

  /** Rates a range again by the published version in {@code version_id}, as previewed. */
  @PostMapping("/reratings")
  ResponseEntity<byte[]> rerate(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Principal operator = access.operator(principal);
    long version = Fields.requiredId("version_id", body.path("version_id").asString(null));
    String path = "/internal/v1/prices/versions/%d/rerate".formatted(version);
    Long organization = Fields.optionalId(ORGANIZATION, body.path(ORGANIZATION).asString(null));
    return order(
        operator,
        exchange,
        HttpStatus.OK,
        new Order("usage.rerated", "rerating", "rerating_id", path, organization, body));
  }

  @GetMapping("/commitments")
  JsonNode commitments(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-made_at", "made_at");
    return billing.page(
        paging.on(Query.of(parameters, ORGANIZATION)).on(COMMITMENTS), "commitments");
  }

  @PostMapping("/commitments")
  ResponseEntity<byte[]> commit(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Principal operator = access.operator(principal);
    long organization = Fields.requiredId(ORGANIZATION, body.path(ORGANIZATION).asString(""));
    tenants.requireOrganization(organization);
    return order(
        operator,
        exchange,
        HttpStatus.CREATED,
        new Order(
            "commitment.made", "commitment", "commitment_id", COMMITMENTS, organization, body));
  }

  @PostMapping("/commitments/{id}/cancel")
  ResponseEntity<byte[]> cancel(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Principal operator = access.operator(principal);
    String path = "%s/%d/cancel".formatted(COMMITMENTS, Fields.requiredId("id", id));
    return order(
        operator,
        exchange,
        HttpStatus.OK,
        new Order("commitment.cancelled", "commitment", "commitment_id", path, null, body));
  }

  /** Who ordered it is the operator, whatever the body says. */
  private ResponseEntity<byte[]> order(
      Principal operator, ServerWebExchange exchange, HttpStatus status, Order order) {
    Write write = Write.of(operator, exchange);
    order.body().put("actor", operator.name());
    return writes.ordered(write, () -> new Writes.Made(status, null, orders.order(write, order)));
  }
}
