package io.r1platform.api.console;

import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** {@code /admin/api/projects}. */
@RestController
@RequestMapping("/admin/api/projects")
final class ProjectController {
  private final Access access;
  private final Tenancy tenancy;
  private final Tenants tenants;
  private final RightsFields rights;
  private final AuditTrail audit;
  private final Writes writes;

  ProjectController(
      Access access,
      Tenancy tenancy,
      Tenants tenants,
      RightsFields rights,
      AuditTrail audit,
      Writes writes) {
    this.access = access;
    this.tenancy = tenancy;
    this.tenants = tenants;
    this.rights = rights;
    this.audit = audit;
    this.writes = writes;
  }

  @GetMapping
  Paging.Page<Item> list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam MultiValueMap<String, String> parameters) {
    Reach reach = access.reach(principal, Permission.TENANTS_READ);
    Long organization =
        Fields.optionalId("organization_id", parameters.getFirst("organization_id"));
    var paging = Paging.ofNames(parameters);
    return paging.page(
        tenants.projects(
            organization,
            reach.everywhere() ? null : reach.organizations(),
            reach.projects().keySet(),
            paging.listing()),
        ProjectView::id,
        Item::of);
  }

  @PostMapping
  ResponseEntity<byte[]> create(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody NewProject body,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.PROJECTS_CREATE);
    Reach reach = who.reach(Permission.PROJECTS_CREATE);
    Write write = Write.of(who, exchange);
    long organizationId = Fields.requiredId("organization_id", body.organizationId());
    tenancy.organization(reach, "organization_id", organizationId);
    String name = Fields.required("name", body.name());
    return writes.own(
        write,
        () -> {
          Item created = Item.of(tenants.createProject(organizationId, name));
          audit.record(
              write.actor(),
              new Change(
                  "project.created", "project", created.id(), organizationId, null, created));
          return Writes.Made.created(created.version(), created);
        });
  }

  /** Says which models its keys may use; without {@code models} all. */
  @PutMapping("/{id}/models")
  ResponseEntity<byte[]> models(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody Models body,
      ServerWebExchange exchange) {
    Write write = reached(principal, id, exchange);
    long version = Fields.version(ifMatch);
    Set<String> models = rights.models(body.models());
    return changed(write, id, () -> tenants.limitModels(id, version, models));
  }

  /**
   * Says how long its prompts and answers are stored. Without {@code days} they are not, and what
   * is stored can be read no more and goes with the next sweep.
   */
  @PutMapping("/{id}/content")
  ResponseEntity<byte[]> content(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody Retention body,
      ServerWebExchange exchange) {
    Write write = reached(principal, id, exchange);
    long version = Fields.version(ifMatch);
    return changed(write, id, () -> tenants.keepContent(id, version, body.days()));
  }

  private Write reached(@Nullable Principal principal, long id, ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.PROJECTS_WRITE);
    tenancy.project(who.reach(Permission.PROJECTS_WRITE), id);
    return Write.of(who, exchange);
  }

  private ResponseEntity<byte[]> changed(Write write, long id, Supplier<ProjectView> change) {
    return writes.own(
        write,
        () -> item(id),
        () -> {
          Item before = item(id);
          Item after = Item.of(change.get());
          audit.record(write.actor(), change(before, after));
          return Writes.Made.ok(after.version(), after);
        });
  }

  private Item item(long id) {
    return tenants
        .project(id)
        .map(Item::of)
        .orElseThrow(() -> ServiceException.notFound("This project"));
  }

  private static Change change(Item before, Item after) {
    return new Change(
        "project.changed",
        "project",
        after.id(),
        Long.valueOf(after.organizationId()),
        before,
        after);
  }

  record Models(@Nullable List<String> models) {}

  record Retention(@Nullable Integer days) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record NewProject(@Nullable String organizationId, @Nullable String name) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record Item(
      String id,
      String organizationId,
      String name,
      @Nullable List<String> models,
      @Nullable Integer contentDays,
      String version,
      Instant createdAt) {
    static Item of(ProjectView view) {
      Set<String> models = view.models();
      return new Item(
          Long.toString(view.id()),
          Long.toString(view.organizationId()),
          view.name(),
          models == null ? null : models.stream().sorted().toList(),
          view.contentDays(),
          Long.toString(view.version()),
          view.createdAt());
    }
  }
}
