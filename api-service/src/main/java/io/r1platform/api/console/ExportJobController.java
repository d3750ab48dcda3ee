package io.r1platform.api.console;

import io.r1platform.api.billing.StreamedBody;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import io.r1platform.api.security.OperatorLooks;
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
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /admin/api/exports/jobs}: exports that billing writes in the background, for download or,
 * where the operator orders them, to one of the configured targets.
 */
@RestController
@RequestMapping("/admin/api/exports/jobs")
final class ExportJobController {
  private static final String JOBS = "/internal/v1/export-jobs";
  private static final String ORGANIZATION = "organization_id";
  private static final String TARGET = "target";

  private final Access access;
  private final Tenancy tenancy;
  private final BillingReports billing;
  private final BillingOrders orders;
  private final Writes writes;
  private final OperatorLooks looks;

  ExportJobController(
      Access access,
      Tenancy tenancy,
      BillingReports billing,
      BillingOrders orders,
      Writes writes,
      OperatorLooks looks) {
    this.access = access;
    this.tenancy = tenancy;
    this.billing = billing;
    this.orders = orders;
    this.writes = writes;
    this.looks = looks;
  }

  /** Newest first. */
  @GetMapping
  JsonNode list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.EXPORTS_READ);
    var paging = Paging.of(parameters, "-created_at", "created_at");
    var query = tenancy.withinOrganization(reach, Query.of(parameters, ORGANIZATION));
    if (!reach.everywhere()) {
      query.with("downloads_only", "true");
    }
    return billing.page(paging.on(query).on(JOBS), "exports");
  }

  @PostMapping
  ResponseEntity<byte[]> order(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.EXPORTS_READ);
    Reach reach = access.reach(principal, Permission.EXPORTS_READ);
    if (!reach.everywhere() && body.hasNonNull(TARGET)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, TARGET, "Targets are the operator's. Nothing was ordered.");
    }
    Long asked = Fields.optionalId(ORGANIZATION, body.path(ORGANIZATION).asString(null));
    Long organization = tenancy.organization(reach, ORGANIZATION, asked);
    ObjectNode signed = body.deepCopy();
    signed.put("actor", who.name());
    signed.put("by_operator", reach.everywhere());
    signed.put(ORGANIZATION, organization == null ? null : organization.toString());
    return send(
        Write.of(who, exchange),
        HttpStatus.CREATED,
        new BillingOrders.Order("export.made", "export", "export_id", JOBS, organization, signed));
  }

  @GetMapping("/{id}")
  JsonNode get(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      ServerWebExchange exchange) {
    return own(principal, id, exchange);
  }

  @PostMapping("/{id}/cancel")
  ResponseEntity<byte[]> cancel(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return alter(principal, exchange, "export.cancelled", id, "/cancel", body);
  }

  /** Goes on with one that failed or was cancelled. */
  @PostMapping("/{id}/resume")
  ResponseEntity<byte[]> resume(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @RequestBody ObjectNode body,
      ServerWebExchange exchange) {
    return alter(principal, exchange, "export.resumed", id, "/resume", body);
  }

  /** A part, or {@code manifest.json}. */
  @GetMapping("/{id}/files/{name}")
  ResponseEntity<Flow.Publisher<ByteBuffer>> file(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String id,
      @PathVariable String name,
      ServerWebExchange exchange) {
    own(principal, id, exchange);
    if (!name.matches("[a-z0-9_-]{1,80}(\\.[a-z0-9]{1,10}){1,2}")) {
      throw ServiceException.notFound("This file");
    }
    HttpResponse<InputStream> file = billing.open(path(id) + "/files/" + name);
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_OCTET_STREAM)
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename(name).build().toString())
        .body(new StreamedBody(file.body()));
  }

  private ResponseEntity<byte[]> alter(
      @Nullable Principal principal,
      ServerWebExchange exchange,
      String action,
      String id,
      String verb,
      ObjectNode body) {
    Principal who = access.allowed(principal, Permission.EXPORTS_READ);
    ObjectNode job = own(principal, id, exchange);
    return send(
        Write.of(who, exchange),
        HttpStatus.OK,
        new BillingOrders.Order(
            action, "export", "export_id", path(id) + verb, organization(job), body));
  }

  private ResponseEntity<byte[]> send(Write write, HttpStatus status, BillingOrders.Order order) {
    return writes.ordered(write, () -> new Writes.Made(status, null, orders.order(write, order)));
  }

  /** An export of an organization that is reached; what goes to a target is the operator's. */
  private ObjectNode own(@Nullable Principal principal, String id, ServerWebExchange exchange) {
    Reach reach = access.reach(principal, Permission.EXPORTS_READ);
    ObjectNode job =
        billing.find(path(id)).orElseThrow(() -> ServiceException.notFound("This export"));
    Long organization = organization(job);
    if (!reach.everywhere()
        && (organization == null
            || !reach.hasOrganization(organization)
            || job.hasNonNull(TARGET))) {
      throw ServiceException.notFound("This export");
    }
    looks.note(principal, exchange, Permission.EXPORTS_READ, organization);
    return job;
  }

  private static @Nullable Long organization(ObjectNode job) {
    return Fields.optionalId(ORGANIZATION, job.path(ORGANIZATION).asString(null));
  }

  private static String path(String id) {
    return JOBS + "/" + Fields.requiredId("id", id);
  }
}
