package io.r1platform.api.console;

import io.r1platform.api.billing.StreamedBody;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import io.r1platform.api.security.OperatorLooks;
import io.r1platform.api.tenants.Tenants;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
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
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /admin/api/invoices}: an organization's invoices and credit notes, which its finance
 * people read and the operator finalizes. Every order names a {@code command_id}; who ordered it is
 * the operator of the session.
 */
@RestController
@RequestMapping("/admin/api/invoices")
final class InvoiceController {
  private static final String ORGANIZATION = "organization_id";
  private static final String INVOICES = "/internal/v1/invoices";
  private static final String RULES = "/internal/v1/tax-rules";

  private final Access access;
  private final Tenancy tenancy;
  private final Tenants tenants;
  private final BillingReports billing;
  private final BillingOrders orders;
  private final Writes writes;
  private final OperatorLooks looks;

  InvoiceController(
      Access access,
      Tenancy tenancy,
      Tenants tenants,
      BillingReports billing,
      BillingOrders orders,
      Writes writes,
      OperatorLooks looks) {
    this.access = access;
    this.tenancy = tenancy;
    this.tenants = tenants;
    this.billing = billing;
    this.orders = orders;
    this.writes = writes;
    this.looks = looks;
  }

  /** Newest first, without lines. */
  @GetMapping
  JsonNode list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.INVOICES_READ);
    var paging = Paging.of(parameters, "-created_at", "created_at");
    var query =
        tenancy.withinOrganization(reach, Query.of(parameters, ORGANIZATION, "status", "month"));
    return billing.page(paging.on(query).on(INVOICES), "invoices");
  }

  @GetMapping("/{id}")
  JsonNode get(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      ServerWebExchange exchange) {
    Reach reach = access.reach(principal, Permission.INVOICES_READ);
    ObjectNode invoice = own(principal, reach, id, exchange);
    if (!reach.everywhere()) {
      invoice.putArray("blockers"); // they tell of replicas, and of others' records
    }
    return invoice;
  }

  /** A4 or Letter, English or Korean; without parameters as the organization has chosen. */
  @GetMapping("/{id}/pdf")
  ResponseEntity<Flow.Publisher<ByteBuffer>> pdf(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestParam MultiValueMap<String, String> parameters,
      ServerWebExchange exchange) {
    Reach reach = access.reach(principal, Permission.INVOICES_READ);
    ObjectNode invoice = own(principal, reach, id, exchange);
    var query = Query.of(parameters, "language", "paper");
    HttpResponse<InputStream> file = billing.open(query.on(path(id) + "/pdf"));
    String name = invoice.path("number").asString("draft-" + id);
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_PDF)
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename(name + ".pdf").build().toString())
        .body(new StreamedBody(file.body()));
  }

  /** The month's records and their proofs, which {@code r1-verify-bill} checks. */
  @GetMapping("/{id}/bundle")
  ResponseEntity<Flow.Publisher<ByteBuffer>> bundle(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      ServerWebExchange exchange) {
    Reach reach = access.reach(principal, Permission.INVOICES_READ);
    ObjectNode invoice = own(principal, reach, id, exchange);
    HttpResponse<InputStream> file = billing.open(path(id) + "/bundle");
    String name = invoice.path("number").asString(id);
    return ResponseEntity.ok()
        .contentType(MediaType.parseMediaType("application/zip"))
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename(name + ".zip").build().toString())
        .body(new StreamedBody(file.body()));
  }

  @PostMapping("/{id}/finalize")
  ResponseEntity<byte[]> finalizeDraft(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return order(principal, exchange, "invoice.finalized", path(id) + "/finalize", body);
  }

  @PostMapping("/{id}/void")
  ResponseEntity<byte[]> makeVoid(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return order(principal, exchange, "invoice.voided", path(id) + "/void", body);
  }

  @PostMapping("/{id}/credit-notes")
  ResponseEntity<byte[]> credit(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return order(principal, exchange, "credit_note.issued", path(id) + "/credit-notes", body);
  }

  /** Sets a blocker aside, for a reason that the trail keeps. */
  @PostMapping("/{id}/waivers")
  ResponseEntity<byte[]> waive(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return order(principal, exchange, "invoice.blocker_waived", path(id) + "/waivers", body);
  }

  /** Who gets word of it by mail or webhook, and whether they did. */
  @GetMapping("/{id}/deliveries")
  JsonNode deliveries(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      ServerWebExchange exchange) {
    Reach reach = access.reach(principal, Permission.INVOICES_READ);
    own(principal, reach, id, exchange);
    ObjectNode found = billing.read(path(id) + "/deliveries");
    if (!reach.everywhere() && found.path("deliveries") instanceof ArrayNode all) {
      all.removeIf(one -> one.path("of_site").asBoolean(true)); // targets of the operator's
    }
    return found;
  }

  /** Another try of one that was given up. */
  @PostMapping("/{id}/deliveries/{delivery}/retry")
  ResponseEntity<byte[]> retry(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @PathVariable String delivery,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    String path =
        "%s/deliveries/%d/retry".formatted(path(id), Fields.requiredId("delivery", delivery));
    return order(principal, exchange, "invoice_delivery.retried", path, body);
  }

  @GetMapping("/tax-rules")
  JsonNode taxRules(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    var paging = Paging.of(parameters, "-made_at", "made_at");
    return billing.page(paging.on(Query.of(parameters)).on(RULES), "tax_rules");
  }

  @PostMapping("/tax-rules")
  ResponseEntity<byte[]> makeTaxRule(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return rule(principal, exchange, "tax_rule.made", RULES, body);
  }

  @PostMapping("/tax-rules/{id}/close")
  ResponseEntity<byte[]> closeTaxRule(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    String path = "%s/%d/close".formatted(RULES, Fields.requiredId("id", id));
    return rule(principal, exchange, "tax_rule.closed", path, body);
  }

  /** What the ledger says was earned, by month. */
  @GetMapping("/revenue")
  JsonNode revenue(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    access.operator(principal);
    return billing.read(
        Query.of(parameters, ORGANIZATION, "from", "until").on("/internal/v1/reports/revenue"));
  }

  /** Who is billed, and how. */
  @GetMapping("/profiles/{id}")
  JsonNode profile(
      @AuthenticationPrincipal @Nullable Principal principal, @PathVariable String id) {
    Reach reach = access.reach(principal, Permission.INVOICES_READ);
    tenancy.requireOrganization(reach, Fields.requiredId("id", id));
    return billing.read(profilePath(id));
  }

  @PostMapping("/profiles/{id}")
  ResponseEntity<byte[]> setProfile(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Principal operator = access.operator(principal);
    long organization = Fields.requiredId("id", id);
    tenants.requireOrganization(organization);
    return order(
        operator,
        exchange,
        new BillingOrders.Order(
            "billing_profile.set",
            "billing_profile",
            ORGANIZATION,
            profilePath(id),
            organization,
            signed(operator, body)));
  }

  private ResponseEntity<byte[]> order(
      @Nullable Principal principal,
      ServerWebExchange exchange,
      String action,
      String path,
      ObjectNode body) {
    Principal operator = access.operator(principal);
    return order(
        operator,
        exchange,
        new BillingOrders.Order(
            action, "invoice", "invoice_id", path, null, signed(operator, body)));
  }

  private ResponseEntity<byte[]> rule(
      @Nullable Principal principal,
      ServerWebExchange exchange,
      String action,
      String path,
      ObjectNode body) {
    Principal operator = access.operator(principal);
    return order(
        operator,
        exchange,
        new BillingOrders.Order(
            action, "tax_rule", "tax_rule_id", path, null, signed(operator, body)));
  }

  private ResponseEntity<byte[]> order(
      Principal operator, ServerWebExchange exchange, BillingOrders.Order order) {
    Write write = Write.of(operator, exchange);
    return writes.ordered(
        write, () -> new Writes.Made(HttpStatus.OK, null, orders.order(write, order)));
  }

  private static ObjectNode signed(Principal operator, ObjectNode body) {
    ObjectNode signed = body.deepCopy();
    signed.put("actor", operator.name());
    return signed;
  }

  /** An invoice of an organization that is reached. */
  private ObjectNode own(
      @Nullable Principal principal, Reach reach, String id, ServerWebExchange exchange) {
    ObjectNode invoice =
        billing.find(path(id)).orElseThrow(() -> ServiceException.notFound("This invoice"));
    String owner = invoice.path(ORGANIZATION).asString("");
    Long organization = Fields.optionalId(ORGANIZATION, owner);
    if (!reach.everywhere() && (organization == null || !reach.hasOrganization(organization))) {
      throw ServiceException.notFound("This invoice");
    }
    looks.note(principal, exchange, Permission.INVOICES_READ, organization);
    return invoice;
  }

  private static String path(String id) {
    return INVOICES + "/" + Fields.requiredId("id", id);
  }

  private static String profilePath(String id) {
    return "/internal/v1/organizations/%d/billing-profile".formatted(Fields.requiredId("id", id));
  }
}
