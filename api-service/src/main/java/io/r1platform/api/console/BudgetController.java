package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.security.Access;
import io.r1platform.api.sessions.Operator;
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
 * {@code /admin/api/budgets}: billing's budgets, alerts and their targets. Every change names a
 * {@code command_id}, which makes sending it again harmless. Amounts are decimal strings of pico.
 */
@RestController
@RequestMapping("/admin/api/budgets")
final class BudgetController {
  private static final String BUDGETS = "/internal/v1/budgets";
  private static final String TARGETS = "/internal/v1/webhook-targets";

  private final Access access;
  private final BillingReports billing;
  private final BillingOrders orders;

  BudgetController(Access access, BillingReports billing, BillingOrders orders) {
    this.access = access;
    this.billing = billing;
    this.orders = orders;
  }

  @GetMapping
  JsonNode list(
      @AuthenticationPrincipal @Nullable Operator principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    return billing.read(Query.of(parameters, "organization", "closed", "after").on(BUDGETS));
  }

  @GetMapping("/alerts")
  JsonNode alerts(
      @AuthenticationPrincipal @Nullable Operator principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    return billing.read(Query.of(parameters, "organization").on("/internal/v1/budget-alerts"));
  }

  @GetMapping("/targets")
  JsonNode targets(
      @AuthenticationPrincipal @Nullable Operator principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    return billing.read(Query.of(parameters, "organization").on(TARGETS));
  }

  @GetMapping("/{id}")
  JsonNode get(@AuthenticationPrincipal @Nullable Operator principal, @PathVariable String id) {
    access.operator(principal);
    return billing.read(BUDGETS + "/" + Fields.requiredId("id", id));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  JsonNode create(
      @AuthenticationPrincipal @Nullable Operator principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    return order(actor, "budget.created", "budget", BUDGETS, body);
  }

  @PostMapping("/{id}")
  JsonNode change(
      @AuthenticationPrincipal @Nullable Operator principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    String path = BUDGETS + "/" + Fields.requiredId("id", id);
    return order(actor, "budget.changed", "budget", path, body);
  }

  @PostMapping("/{id}/increases")
  @ResponseStatus(HttpStatus.CREATED)
  JsonNode increase(
      @AuthenticationPrincipal @Nullable Operator principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    String path = BUDGETS + "/" + Fields.requiredId("id", id) + "/increases";
    return order(actor, "budget.increased", "budget", path, body);
  }

  @PostMapping("/{id}/close")
  JsonNode close(
      @AuthenticationPrincipal @Nullable Operator principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    String path = BUDGETS + "/" + Fields.requiredId("id", id) + "/close";
    return order(actor, "budget.closed", "budget", path, body);
  }

  @PostMapping("/targets")
  @ResponseStatus(HttpStatus.CREATED)
  JsonNode addTarget(
      @AuthenticationPrincipal @Nullable Operator principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    return order(actor, "webhook_target.added", "webhook_target", TARGETS, body);
  }

  @PostMapping("/targets/{id}/close")
  JsonNode closeTarget(
      @AuthenticationPrincipal @Nullable Operator principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    String path = TARGETS + "/" + Fields.requiredId("id", id) + "/close";
    return order(actor, "webhook_target.closed", "webhook_target", path, body);
  }

  private JsonNode order(Actor actor, String action, String kind, String path, ObjectNode body) {
    return orders.order(
        actor,
        new BillingOrders.Order(
            action, kind, kind.equals("budget") ? "budget_id" : "target_id", path, body));
  }
}
