package io.r1platform.api.console;

import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.IssuedKey;
import io.r1platform.api.keys.KeyOwners;
import io.r1platform.api.keys.KeyTerms;
import io.r1platform.api.keys.KeyView;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.keys.Network;
import io.r1platform.api.keys.Rights;
import io.r1platform.api.keys.Scope;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.DeleteMapping;
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

/** {@code /admin/api/keys}. A secret is in the answer that makes it and nowhere else. */
@RestController
@RequestMapping("/admin/api/keys")
final class KeyController {
  private static final Duration GRACE = Duration.ofHours(24);

  private final Access access;
  private final Keys keys;
  private final Tenancy tenancy;
  private final Tenants tenants;
  private final RightsFields rights;
  private final AuditTrail audit;
  private final Writes writes;

  KeyController(
      Access access,
      Keys keys,
      Tenancy tenancy,
      Tenants tenants,
      RightsFields rights,
      AuditTrail audit,
      Writes writes) {
    this.access = access;
    this.keys = keys;
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
    Reach reach = access.reach(principal, Permission.KEYS_READ);
    var paging = Paging.of(parameters, "-created_at", "created_at");
    Long project = Fields.optionalId("project_id", parameters.getFirst("project_id"));
    List<KeyView> found =
        keys.page(
            owners(
                reach,
                project,
                Fields.optionalId("organization_id", parameters.getFirst("organization_id"))),
            paging.afterId(),
            paging.isDescending(),
            paging.look());
    Map<Long, ProjectView> projects = projectsOf(found);
    return paging.page(found, KeyView::id, key -> Item.of(key, projects));
  }

  @PostMapping
  ResponseEntity<byte[]> create(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody NewKey body,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.KEYS_WRITE);
    Reach reach = who.reach(Permission.KEYS_WRITE);
    Write write = Write.of(who, exchange);
    long projectId = Fields.requiredId("project_id", body.projectId());
    requireReached(reach, projectId);
    String name = Fields.required("name", body.name());
    Rights wanted = rights.read(body.scopes(), body.models(), body.networks());
    requireToGive(who, projectId, wanted);
    return writes.own(
        write,
        () -> {
          IssuedKey issued =
              keys.issue(projectId, new KeyTerms(name, keys.end(body.life()), wanted));
          Item item = item(issued.key());
          audit.record(write.actor(), change("key.created", item, null, item));
          return Writes.Made.created(item.version(), created(write, item, issued));
        });
  }

  /** Gives a key other terms; what is not sent is as for a new key. */
  @PutMapping("/{id}")
  ResponseEntity<byte[]> change(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody Terms body,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.KEYS_WRITE);
    Reach reach = who.reach(Permission.KEYS_WRITE);
    Write write = Write.of(who, exchange);
    long version = Fields.version(ifMatch);
    var terms =
        new KeyTerms(
            Fields.required("name", body.name()),
            body.expiresAt(),
            rights.read(body.scopes(), body.models(), body.networks()));
    return writes.own(
        write,
        () -> item(reached(reach, id)),
        () -> {
          KeyView was = reached(reach, id);
          requireToGive(who, was.projectId(), was.rights());
          requireToGive(who, was.projectId(), terms.rights());
          Item before = item(was);
          Item after = item(keys.change(id, version, terms));
          audit.record(write.actor(), change("key.changed", after, before, after));
          return Writes.Made.ok(after.version(), after);
        });
  }

  /** Gives a key another secret; the one until now is good for {@code grace_seconds} more. */
  @PostMapping("/{id}/rotate")
  ResponseEntity<byte[]> rotate(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody Rotation body,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.KEYS_WRITE);
    Reach reach = who.reach(Permission.KEYS_WRITE);
    Write write = Write.of(who, exchange);
    long version = Fields.version(ifMatch);
    KeyView key = reached(reach, id); // before a kept answer, which has the secret
    requireToGive(who, key.projectId(), key.rights());
    return writes.own(
        write,
        () -> item(reached(reach, id)),
        () -> {
          Item before = item(reached(reach, id));
          IssuedKey issued = keys.rotate(id, version, body.grace());
          Item after = item(issued.key());
          audit.record(write.actor(), change("key.rotated", after, before, after));
          return Writes.Made.ok(after.version(), created(write, after, issued));
        });
  }

  @DeleteMapping("/{id}")
  ResponseEntity<byte[]> revoke(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      ServerWebExchange exchange) {
    Principal who = access.allowed(principal, Permission.KEYS_WRITE);
    Reach reach = who.reach(Permission.KEYS_WRITE);
    Write write = Write.of(who, exchange);
    long version = Fields.version(ifMatch);
    return writes.own(
        write,
        () -> item(reached(reach, id)),
        () -> {
          Item before = item(reached(reach, id));
          Item after = item(keys.revoke(id, version));
          if (before.revokedAt() == null) {
            audit.record(write.actor(), change("key.revoked", after, before, after));
          }
          return Writes.Made.ok(after.version(), after);
        });
  }

  /** Whose keys are listed, of those that are reached; null for all of the site. */
  private @Nullable KeyOwners owners(
      Reach reach, @Nullable Long project, @Nullable Long organization) {
    if (project != null) {
      requireReached(reach, project);
      return new KeyOwners(Set.of(), Set.of(project));
    }
    if (organization == null) {
      return reach.everywhere()
          ? null
          : new KeyOwners(reach.organizations(), reach.projects().keySet());
    }
    return reach.hasOrganization(organization)
        ? new KeyOwners(Set.of(organization), Set.of())
        : new KeyOwners(Set.of(), Tenancy.projectsOf(reach, organization));
  }

  private void requireReached(Reach reach, long projectId) {
    if (!reach.everywhere()) {
      tenancy.project(reach, projectId);
    }
  }

  /**
   * Nobody gives by a key what is not his own. A management key does what an admin of the
   * organization does, so only such a person gives one; no program makes itself a successor.
   */
  private void requireToGive(Principal who, long projectId, Rights given) {
    if (given.readsInvoices() && !has(who, Permission.INVOICES_READ, projectId)) {
      throw ServiceException.of(
          ErrorCode.FORBIDDEN,
          "Keys with the scope invoices:read are made, changed and rotated by those who read the"
              + " organization's invoices themselves. Nothing was changed.");
    }
    if (given.manages()
        && (who.personId() == null || !has(who, Permission.MEMBERS_WRITE, projectId))) {
      throw ServiceException.of(
          ErrorCode.FORBIDDEN,
          "Keys with admin scopes are made, changed and rotated by owners and admins of the"
              + " organization who have logged in. Nothing was changed.");
    }
  }

  /** Whether it is the caller's in the whole organization of the project. */
  private boolean has(Principal who, Permission permission, long projectId) {
    Reach reach = who.reach(permission);
    return tenants
        .project(projectId)
        .filter(project -> reach.hasOrganization(project.organizationId()))
        .isPresent();
  }

  private KeyView reached(Reach reach, long id) {
    KeyView key = keys.key(id);
    boolean found =
        reach.everywhere()
            || tenants
                .project(key.projectId())
                .filter(project -> reach.hasProject(project.organizationId(), project.id()))
                .isPresent();
    if (!found) {
      throw ServiceException.notFound("This key");
    }
    return key;
  }

  private static Change change(String action, Item key, @Nullable Item before, Item after) {
    return new Change(action, "key", key.id(), Long.valueOf(key.organizationId()), before, after);
  }

  /** A secret of a dry run would open nothing. */
  private static Created created(Write write, Item item, IssuedKey issued) {
    return new Created(item, write.isDryRun() ? null : issued.secret());
  }

  private Item item(KeyView key) {
    return Item.of(key, projectsOf(List.of(key)));
  }

  private Map<Long, ProjectView> projectsOf(List<KeyView> page) {
    return tenants.projectsById(page.stream().map(KeyView::projectId).collect(Collectors.toSet()));
  }

  @JsonNaming(SnakeCaseStrategy.class)
  record NewKey(
      @Nullable String projectId,
      @Nullable String name,
      @Nullable Long expiresInSeconds,
      @Nullable List<String> scopes,
      @Nullable List<String> models,
      @Nullable List<String> networks) {
    @Nullable Duration life() {
      return expiresInSeconds == null ? null : Duration.ofSeconds(expiresInSeconds);
    }
  }

  @JsonNaming(SnakeCaseStrategy.class)
  record Terms(
      @Nullable String name,
      @Nullable Instant expiresAt,
      @Nullable List<String> scopes,
      @Nullable List<String> models,
      @Nullable List<String> networks) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record Rotation(@Nullable Long graceSeconds) {
    Duration grace() {
      return graceSeconds == null ? GRACE : Duration.ofSeconds(graceSeconds);
    }
  }

  record Created(Item key, @Nullable String secret) {
    @Override
    public String toString() {
      return "Created[key=" + key + "]";
    }
  }

  @JsonNaming(SnakeCaseStrategy.class)
  record Item(
      String id,
      String projectId,
      String project,
      String organizationId,
      String name,
      String publicId,
      String lastFour,
      List<String> scopes,
      @Nullable List<String> models,
      List<String> networks,
      @Nullable String oldLastFour,
      @Nullable Instant oldUntil,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable Instant lastUsedAt,
      String version) {
    static Item of(KeyView key, Map<Long, ProjectView> projects) {
      ProjectView project = projects.get(key.projectId());
      if (project == null) {
        throw new IllegalStateException("key " + key.id() + " without project");
      }
      Rights rights = key.rights();
      Set<String> models = rights.models();
      KeyView.OldSecret old = key.old();
      return new Item(
          Long.toString(key.id()),
          Long.toString(project.id()),
          project.name(),
          Long.toString(project.organizationId()),
          key.name(),
          key.publicId(),
          key.lastFour(),
          rights.scopes().stream().sorted().map(Scope::wire).toList(),
          models == null ? null : models.stream().sorted().toList(),
          rights.networks().stream().map(Network::toString).toList(),
          old == null ? null : old.lastFour(),
          old == null ? null : old.until(),
          key.createdAt(),
          key.expiresAt(),
          key.revokedAt(),
          key.lastUsedAt(),
          Long.toString(key.version()));
    }
  }
}
