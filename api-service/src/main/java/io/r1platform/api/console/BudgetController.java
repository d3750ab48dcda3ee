package io.r1platform.api.console;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.KeyView;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import io.r1platform.api.security.OperatorLooks;
import io.r1platform.api.tenants.Tenants;
import java.util.List;
import java.util.Optional;
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
 * {@code /admin/api/budgets}: billing's budgets, alerts and their targets. Owners, admins and
 * finance change those of their organization, the operator everybody's. Every change names a {@code
 * command_id}, which makes sending it again harmless. Amounts are decimal strings of pico.
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
  private final Writes writes;
  private final OperatorLooks looks;

  BudgetController(
      Access access,
      Tenancy tenancy,
      Tenants tenants,
      Keys keys,
      BillingReports billing,
      BillingOrders orders,
      Writes writes,
      OperatorLooks looks) {
    this.access = access;
    this.tenancy = tenancy;
    this.tenants = tenants;
    this.keys = keys;
    this.billing = billing;
    this.orders = orders;
    this.writes = writes;
    this.looks = looks;
  }

  @GetMapping
  JsonNode list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.BUDGETS_READ);
    var paging = Paging.of(parameters, "created_at", "-created_at");
    var query = within(reach, Query.of(parameters, ORGANIZATION, "closed"));
    return billing.page(paging.on(query).on(BUDGETS), "budgets");
  }

  @GetMapping("/alerts")
  JsonNode alerts(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.BUDGETS_READ);
    var paging = Paging.of(parameters, "-created_at", "created_at");
    var query = within(reach, Query.of(parameters, ORGANIZATION));
    return billing.page(paging.on(query).on("/internal/v1/budget-alerts"), "alerts");
  }

  @GetMapping("/targets")
  JsonNode targets(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "created_at", "-created_at");
    return billing.page(paging.on(Query.of(parameters, ORGANIZATION)).on(TARGETS), "targets");
  }

  @GetMapping("/{id}")
  JsonNode get(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      ServerWebExchange exchange) {
    ObjectNode budget = reached(access.reach(principal, Permission.BUDGETS_READ), id);
    looks.note(principal, exchange, Permission.BUDGETS_READ, organization(budget));
    return budget;
  }

  @PostMapping
  ResponseEntity<byte[]> create(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.BUDGETS_WRITE);
    long organization = requireOwned(who.reach(Permission.BUDGETS_WRITE), body);
    var order =
        new BillingOrders.Order(
            "budget.created", "budget", "budget_id", BUDGETS, organization, body);
    return order(Write.of(who, exchange), HttpStatus.CREATED, order);
  }

  @PostMapping("/{id}")
  ResponseEntity<byte[]> change(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return alter(principal, exchange, HttpStatus.OK, "budget.changed", id, "", body);
  }

  @PostMapping("/{id}/increases")
  ResponseEntity<byte[]> increase(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return alter(
        principal, exchange, HttpStatus.CREATED, "budget.increased", id, "/increases", body);
  }

  @PostMapping("/{id}/close")
  ResponseEntity<byte[]> close(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return alter(principal, exchange, HttpStatus.OK, "budget.closed", id, "/close", body);
  }

  @PostMapping("/targets")
  ResponseEntity<byte[]> addTarget(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    Long organization = Fields.optionalId(ORGANIZATION, body.path(ORGANIZATION).asString(null));
    var order =
        new BillingOrders.Order(
            "webhook_target.added", "webhook_target", "target_id", TARGETS, organization, body);
    return order(write, HttpStatus.CREATED, order);
  }

  @PostMapping("/targets/{id}/close")
  ResponseEntity<byte[]> closeTarget(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    String path = TARGETS + "/" + Fields.requiredId("id", id) + "/close";
    var order =
        new BillingOrders.Order(
            "webhook_target.closed", "webhook_target", "target_id", path, null, body);
    return order(write, HttpStatus.OK, order);
  }

  private Query within(Reach reach, Query query) {
    Long asked = Fields.optionalId(ORGANIZATION, query.get(ORGANIZATION));
    Long organization = tenancy.organization(reach, ORGANIZATION, asked);
    return query.with(ORGANIZATION, organization == null ? null : Long.toString(organization));
  }

  /** A budget of an organization that is reached as a whole. */
  private ObjectNode reached(Reach reach, String id) {
    ObjectNode budget = billing.read(BUDGETS + "/" + Fields.requiredId("id", id));
    Long organization = organization(budget);
    if (!reach.everywhere() && (organization == null || !reach.hasOrganization(organization))) {
      throw ServiceException.notFound("This");
    }
    return budget;
  }

  private static @Nullable Long organization(ObjectNode budget) {
    return Fields.optionalId(ORGANIZATION, budget.path(ORGANIZATION).asString(""));
  }

  /** Billing knows no tenants, so it cannot tell what does not exist or is another's. */
  private long requireOwned(Reach reach, ObjectNode body) {
    String scope = body.path("scope").asString("ORGANIZATION");
    long organization = Fields.requiredId(ORGANIZATION, body.path(ORGANIZATION).asString(""));
    tenancy.organization(reach, ORGANIZATION, organization);
    if (!tenants.hasOrganization(organization)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, ORGANIZATION, "This organization does not exist.");
    }
    if (!scope.equals("PROJECT") && !scope.equals("KEY")) {
      return organization;
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
    return organization;
  }

  private ResponseEntity<byte[]> alter(
      @Nullable Principal principal,
      ServerWebExchange exchange,
      HttpStatus status,
      String action,
      String id,
      String command,
      ObjectNode body) {
    Principal who = access.allowed(principal, Permission.BUDGETS_WRITE);
    ObjectNode budget = reached(who.reach(Permission.BUDGETS_WRITE), id);
    String path = BUDGETS + "/" + Fields.requiredId("id", id) + command;
    var order =
        new BillingOrders.Order(action, "budget", "budget_id", path, organization(budget), body);
    return order(Write.of(who, exchange), status, order);
  }

  private ResponseEntity<byte[]> order(Write write, HttpStatus status, BillingOrders.Order order) {
    return writes.ordered(write, () -> new Writes.Made(status, null, orders.order(write, order)));
  }
}
