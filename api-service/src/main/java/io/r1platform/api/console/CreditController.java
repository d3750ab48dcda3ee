package io.r1platform.api.console;

import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import io.r1platform.api.tenants.Tenants;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /admin/api/organizations/{id}/credit}: an organization's terms and open grants, and how
 * money arrives. Every command names a {@code command_id} and is done once; who ordered it is the
 * operator of the session, whatever the body says. Amounts are decimal strings of pico.
 */
@RestController
@RequestMapping("/admin/api/organizations/{organization}/credit")
final class CreditController {
  private final Access access;
  private final Tenancy tenancy;
  private final Tenants tenants;
  private final BillingReports billing;
  private final BillingOrders orders;
  private final Writes writes;

  CreditController(
      Access access,
      Tenancy tenancy,
      Tenants tenants,
      BillingReports billing,
      BillingOrders orders,
      Writes writes) {
    this.access = access;
    this.tenancy = tenancy;
    this.tenants = tenants;
    this.billing = billing;
    this.orders = orders;
    this.writes = writes;
  }

  @GetMapping
  JsonNode state(
      @AuthenticationPrincipal @Nullable Principal principal, @PathVariable String organization) {
    Reach reach = access.reach(principal, Permission.CREDIT_READ);
    String path = path(organization);
    tenancy.organization(reach, "organization_id", Fields.requiredId("id", organization));
    return billing.read(path);
  }

  @PostMapping("/top-ups")
  ResponseEntity<byte[]> topUp(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String organization,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return order(principal, exchange, "credit.topped_up", organization, "/top-ups", body);
  }

  @PostMapping("/grants")
  ResponseEntity<byte[]> give(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String organization,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return order(principal, exchange, "credit.granted", organization, "/grants", body);
  }

  @PostMapping("/payments")
  ResponseEntity<byte[]> pay(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String organization,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return order(principal, exchange, "payment.recorded", organization, "/payments", body);
  }

  @PostMapping("/terms")
  ResponseEntity<byte[]> setTerms(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String organization,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return order(principal, exchange, "credit.terms_set", organization, "/terms", body);
  }

  @PostMapping("/reversals")
  ResponseEntity<byte[]> reverse(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String organization,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return order(principal, exchange, "credit.reversed", organization, "/reversals", body);
  }

  private ResponseEntity<byte[]> order(
      @Nullable Principal principal,
      ServerWebExchange exchange,
      String action,
      String organization,
      String command,
      ObjectNode body) {
    Principal operator = access.operator(principal);
    Write write = Write.of(operator, exchange);
    String path = path(organization) + command;
    ObjectNode signed = body.deepCopy();
    signed.put("actor", operator.name());
    signed.put("organization", organization);
    var order =
        new BillingOrders.Order(
            action, "credit", "organization", path, Long.valueOf(organization), signed);
    return writes.ordered(
        write, () -> new Writes.Made(HttpStatus.OK, null, orders.order(write, order)));
  }

  /** Billing knows no tenants: it would make an account for any number. */
  private String path(String organization) {
    long id = Fields.requiredId("id", organization);
    if (!tenants.hasOrganization(id)) {
      throw ServiceException.notFound("Organization " + id);
    }
    return "/internal/v1/organizations/" + id + "/credit";
  }
}
