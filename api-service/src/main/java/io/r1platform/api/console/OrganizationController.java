package io.r1platform.api.console;

import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import io.r1platform.api.tenants.OrganizationView;
import io.r1platform.api.tenants.Tenants;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** {@code /admin/api/organizations}. */
@RestController
@RequestMapping("/admin/api/organizations")
final class OrganizationController {
  private final Access access;
  private final Tenants tenants;
  private final AuditTrail audit;
  private final Writes writes;

  OrganizationController(Access access, Tenants tenants, AuditTrail audit, Writes writes) {
    this.access = access;
    this.tenants = tenants;
    this.audit = audit;
    this.writes = writes;
  }

  @GetMapping
  Paging.Page<Item> list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.TENANTS_READ);
    var paging = Paging.ofNames(parameters);
    return paging.page(
        tenants.organizations(reach.touchedOrganizations(), paging.listing()),
        OrganizationView::id,
        Item::of);
  }

  @PostMapping
  ResponseEntity<byte[]> create(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody NewOrganization body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    String name = Fields.required("name", body.name());
    int weight = body.weight() == null ? 1 : body.weight();
    return writes.own(
        write,
        () -> {
          Item created = Item.of(tenants.createOrganization(name, weight));
          audit.record(
              write.actor(),
              new Change(
                  "organization.created",
                  "organization",
                  created.id(),
                  Long.valueOf(created.id()),
                  null,
                  created));
          return Writes.Made.created(created.version(), created);
        });
  }

  /** Its weight can be changed, nothing else. */
  @PatchMapping("/{id}")
  ResponseEntity<byte[]> change(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody Weight body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    long version = Fields.version(ifMatch);
    int weight = body.required();
    return writes.own(
        write,
        () -> Item.of(tenants.organization(id)),
        () -> {
          Item before = Item.of(tenants.organization(id));
          Item after = Item.of(tenants.weigh(id, version, weight));
          if (before.weight() != after.weight()) {
            audit.record(
                write.actor(),
                new Change(
                    "organization.weight_changed", "organization", after.id(), id, before, after));
          }
          return Writes.Made.ok(after.version(), after);
        });
  }

  /** Has it begin nothing new; what runs comes to its end. */
  @PostMapping("/{id}/suspend")
  ResponseEntity<byte[]> suspend(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody Suspension body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    long version = Fields.version(ifMatch);
    String reason = Fields.required("reason", body.reason());
    return stated(write, id, "suspended", () -> tenants.suspend(id, version, reason));
  }

  /** Lets it go on. */
  @PostMapping("/{id}/resume")
  ResponseEntity<byte[]> resume(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    long version = Fields.version(ifMatch);
    return stated(write, id, "resumed", () -> tenants.resume(id, version));
  }

  private ResponseEntity<byte[]> stated(
      Write write, long id, String what, Supplier<OrganizationView> change) {
    return writes.own(
        write,
        () -> Item.of(tenants.organization(id)),
        () -> {
          Item before = Item.of(tenants.organization(id));
          Item after = Item.of(change.get());
          audit.record(
              write.actor(),
              new Change("organization." + what, "organization", after.id(), id, before, after));
          return Writes.Made.ok(after.version(), after);
        });
  }

  record Suspension(@Nullable String reason) {}

  record Weight(@Nullable Integer weight) {
    int required() {
      if (weight == null) {
        throw ServiceException.about(
            ErrorCode.MISSING_PARAMETER, "weight", "The field weight is missing.");
      }
      return weight;
    }
  }

  record NewOrganization(@Nullable String name, @Nullable Integer weight) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record Item(
      String id,
      String name,
      int weight,
      @Nullable Instant suspendedAt,
      @Nullable String suspendedBecause,
      String version,
      Instant createdAt) {
    static Item of(OrganizationView view) {
      return new Item(
          Long.toString(view.id()),
          view.name(),
          view.weight(),
          view.suspendedAt(),
          view.suspendedBecause(),
          Long.toString(view.version()),
          view.createdAt());
    }
  }
}
