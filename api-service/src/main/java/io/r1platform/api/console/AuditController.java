package io.r1platform.api.console;

import io.r1platform.api.audit.AuditCheck;
import io.r1platform.api.audit.AuditEvent;
import io.r1platform.api.audit.AuditFilter;
import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** {@code /admin/api/audit}: who changed what, and whether the trail is whole. */
@RestController
@RequestMapping("/admin/api/audit")
final class AuditController {
  private final Access access;
  private final Tenancy tenancy;
  private final AuditTrail audit;
  private final AuditCheck check;
  private final Writes writes;

  AuditController(
      Access access, Tenancy tenancy, AuditTrail audit, AuditCheck check, Writes writes) {
    this.access = access;
    this.tenancy = tenancy;
    this.audit = audit;
    this.check = check;
    this.writes = writes;
  }

  @GetMapping
  Paging.Page<Item> list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam(name = "organization_id", required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String actor,
      @RequestParam(required = false) @Nullable String action,
      @RequestParam(name = "object_kind", required = false) @Nullable String objectKind,
      @RequestParam(name = "object_id", required = false) @Nullable String objectId,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.AUDIT_READ);
    Long asked =
        tenancy.organization(
            reach, "organization_id", Fields.optionalId("organization_id", organization));
    var filter =
        new AuditFilter(
            asked == null ? null : List.of(asked),
            Fields.optionalText("actor", actor),
            Fields.optionalText("action", action),
            Fields.optionalText("object_kind", objectKind),
            Fields.optionalText("object_id", objectId));
    var paging = Paging.of(parameters, "-at", "at");
    return paging.page(
        audit.page(filter, paging.afterId(), paging.isDescending(), paging.look()),
        AuditEvent::id,
        Item::of);
  }

  /** What the last check of the chains found; of one organization's only, unless of the site's. */
  @GetMapping("/check")
  Report lastCheck(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam(name = "organization_id", required = false) @Nullable String organization) {
    Reach reach = access.reach(principal, Permission.AUDIT_READ);
    Long whose =
        tenancy.organization(
            reach, "organization_id", Fields.optionalId("organization_id", organization));
    return check
        .last()
        .map(report -> whose == null ? Report.of(report) : Report.of(report, whose))
        .orElseThrow(() -> ServiceException.notFound("A check of the trail"));
  }

  /** Checks the chains now. */
  @PostMapping("/check")
  ResponseEntity<byte[]> check(
      @AuthenticationPrincipal @Nullable Principal principal, ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    return writes.own(write, () -> new Writes.Made(HttpStatus.OK, null, Report.of(check.check())));
  }

  /**
   * What a check found.
   *
   * @param events rows of all chains; null where one organization's is asked for
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Report(Instant at, @Nullable String events, boolean whole, List<String> brokenChains) {
    static Report of(AuditCheck.Report report, long organization) {
      boolean broken = report.broken().contains(organization);
      List<String> chains = broken ? List.of(Long.toString(organization)) : List.of();
      return new Report(report.at(), null, !broken, chains);
    }

    static Report of(AuditCheck.Report report) {
      return new Report(
          report.at(),
          Long.toString(report.events()),
          report.broken().isEmpty(),
          report.broken().stream().map(String::valueOf).toList());
    }
  }

  @JsonNaming(SnakeCaseStrategy.class)
  record Item(
      String id,
      Instant at,
      String actor,
      String address,
      String action,
      String objectKind,
      String objectId,
      @Nullable String organizationId,
      @Nullable JsonNode before,
      @Nullable JsonNode after,
      UUID requestId,
      String sequence,
      String hash) {
    static Item of(AuditEvent event) {
      Long organization = event.organizationId();
      return new Item(
          Long.toString(event.id()),
          event.at(),
          event.actor(),
          event.address(),
          event.action(),
          event.objectKind(),
          event.objectId(),
          organization == null ? null : Long.toString(organization),
          event.before(),
          event.after(),
          event.requestId(),
          Long.toString(event.sequence()),
          event.hash());
    }
  }
}
