package io.r1platform.api.console;

import io.r1platform.api.people.Principal;
import io.r1platform.api.security.Access;
import io.r1platform.api.tenants.Tenants;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
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
  private static final String COMMITMENTS = "/internal/v1/commitments";

  private final Access access;
  private final BillingReports billing;
  private final BillingOrders orders;
  private final Tenants tenants;

  AdjustmentController(
      Access access, BillingReports billing, BillingOrders orders, Tenants tenants) {
    this.access = access;
    this.billing = billing;
    this.orders = orders;
    this.tenants = tenants;
  }

  @GetMapping
  JsonNode adjustments(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    return billing.read(
        Query.of(parameters, "organization_id", "before").on("/internal/v1/adjustments"));
  }

  @GetMapping("/reratings")
  JsonNode reratings(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    return billing.read(
        Query.of(parameters, "organization_id").on("/internal/v1/prices/reratings"));
  }

  /** Rates a range again by the published version in {@code version_id}, as previewed. */
  @PostMapping("/reratings")
  JsonNode rerate(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Principal operator = access.operator(principal);
    long version = Fields.requiredId("version_id", body.path("version_id").asString(null));
    String path = "/internal/v1/prices/versions/%d/rerate".formatted(version);
    return order(operator, exchange, "usage.rerated", "rerating", "rerating_id", path, body);
  }

  @GetMapping("/commitments")
  JsonNode commitments(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    return billing.read(Query.of(parameters, "organization_id").on(COMMITMENTS));
  }

  @PostMapping("/commitments")
  @ResponseStatus(HttpStatus.CREATED)
  JsonNode commit(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Principal operator = access.operator(principal);
    String organization = body.path("organization_id").asString("");
    tenants.requireOrganization(Fields.requiredId("organization_id", organization));
    return order(
        operator, exchange, "commitment.made", "commitment", "commitment_id", COMMITMENTS, body);
  }

  @PostMapping("/commitments/{id}/cancel")
  JsonNode cancel(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Principal operator = access.operator(principal);
    String path = "%s/%d/cancel".formatted(COMMITMENTS, Fields.requiredId("id", id));
    return order(
        operator, exchange, "commitment.cancelled", "commitment", "commitment_id", path, body);
  }

  private JsonNode order(
      Principal operator,
      ServerWebExchange exchange,
      String action,
      String kind,
      String idMember,
      String path,
      ObjectNode body) {
    ObjectNode signed = body.deepCopy();
    signed.put("actor", operator.name());
    return orders.order(
        Actors.of(operator, exchange),
        new BillingOrders.Order(action, kind, idMember, path, signed));
  }
}
