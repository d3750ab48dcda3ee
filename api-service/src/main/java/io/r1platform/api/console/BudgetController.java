package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.KeyView;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import io.r1platform.api.tenants.Tenants;
import java.util.List;
import java.util.Optional;
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
  private static final String ORGANIZATION = "organization";
  private static final String BUDGETS = "/internal/v1/budgets";
  private static final String TARGETS = "/internal/v1/webhook-targets";

  private final Access access;
  private final Tenancy tenancy;
  private final Tenants tenants;
  private final Keys keys;
  private final BillingReports billing;
  private final BillingOrders orders;

  BudgetController(
      Access access,
      Tenancy tenancy,
      Tenants tenants,
      Keys keys,
      BillingReports billing,
      BillingOrders orders) {
    this.access = access;
    this.tenancy = tenancy;
    this.tenants = tenants;
    this.keys = keys;
    this.billing = billing;
    this.orders = orders;
  }

  @GetMapping
  JsonNode list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.BUDGETS_READ);
    var query = Query.of(parameters, "organization", "closed", "after");
    return billing.read(within(reach, query).on(BUDGETS));
  }

  @GetMapping("/alerts")
  JsonNode alerts(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.BUDGETS_READ);
    var query = Query.of(parameters, "organization");
    return billing.read(within(reach, query).on("/internal/v1/budget-alerts"));
  }

  @GetMapping("/targets")
  JsonNode targets(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    return billing.read(Query.of(parameters, "organization").on(TARGETS));
  }

  @GetMapping("/{id}")
  JsonNode get(@AuthenticationPrincipal @Nullable Principal principal, @PathVariable String id) {
    Reach reach = access.reach(principal, Permission.BUDGETS_READ);
    ObjectNode budget = billing.read(BUDGETS + "/" + Fields.requiredId("id", id));
    String owner = budget.path("organization").asString("");
    Long organization = Fields.optionalId("organization", owner);
    if (!reach.everywhere() && (organization == null || !reach.hasOrganization(organization))) {
      throw ServiceException.notFound("This");
    }
    return budget;
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  JsonNode create(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    requireOwned(body);
    return order(actor, "budget.created", "budget", BUDGETS, body);
  }

  @PostMapping("/{id}")
  JsonNode change(
      @AuthenticationPrincipal @Nullable Principal principal,
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
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    String path = BUDGETS + "/" + Fields.requiredId("id", id) + "/increases";
    return order(actor, "budget.increased", "budget", path, body);
  }

  @PostMapping("/{id}/close")
  JsonNode close(
      @AuthenticationPrincipal @Nullable Principal principal,
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
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    return order(actor, "webhook_target.added", "webhook_target", TARGETS, body);
  }

  @PostMapping("/targets/{id}/close")
  JsonNode closeTarget(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Actor actor = Actors.of(access.operator(principal), exchange);
    String path = TARGETS + "/" + Fields.requiredId("id", id) + "/close";
    return order(actor, "webhook_target.closed", "webhook_target", path, body);
  }

  private Query within(Reach reach, Query query) {
    Long asked = Fields.optionalId(ORGANIZATION, query.get(ORGANIZATION));
    Long organization = tenancy.organization(reach, ORGANIZATION, asked);
    return query.with(ORGANIZATION, organization == null ? null : Long.toString(organization));
  }

  /** Billing knows no tenants, so it cannot tell what does not exist or is another's. */
  private void requireOwned(ObjectNode body) {
    String scope = body.path("scope").asString("ORGANIZATION");
    long organization = Fields.requiredId("organization", body.path("organization").asString(""));
    if (!tenants.hasOrganization(organization)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "organization", "This organization does not exist.");
    }
    if (!scope.equals("PROJECT") && !scope.equals("KEY")) {
      return;
    }
    long id = Fields.requiredId("scope_id", body.path("scope_id").asString(""));
    Optional<Long> project =
        scope.equals("PROJECT")
            ? Optional.of(id)
            : Optional.ofNullable(keys.byId(List.of(id)).get(id)).map(KeyView::projectId);
    boolean owned =
        project
            .flatMap(tenants::project)
            .filter(p -> p.organizationId() == organization)
            .isPresent();
    if (!owned) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "scope_id",
          "This organization has no such %s.".formatted(scope.equals("KEY") ? "key" : "project"));
    }
  }

  private JsonNode order(Actor actor, String action, String kind, String path, ObjectNode body) {
    return orders.order(
        actor,
        new BillingOrders.Order(
            action, kind, kind.equals("budget") ? "budget_id" : "target_id", path, body));
  }
}
