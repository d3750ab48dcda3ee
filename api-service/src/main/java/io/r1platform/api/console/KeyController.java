package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.IssuedKey;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.support.TransactionOperations;
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
  private final TransactionOperations transactions;

  KeyController(
      Access access,
      Keys keys,
      Tenancy tenancy,
      Tenants tenants,
      RightsFields rights,
      AuditTrail audit,
      TransactionOperations transactions) {
    this.access = access;
    this.keys = keys;
    this.tenancy = tenancy;
    this.tenants = tenants;
    this.rights = rights;
    this.audit = audit;
    this.transactions = transactions;
  }

  @GetMapping
  Items list(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestParam(name = "project_id", required = false) @Nullable String project,
      @RequestParam(name = "organization_id", required = false) @Nullable String organization,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam(required = false) @Nullable String after) {
    Reach reach = access.reach(principal, Permission.KEYS_READ);
    int rows = Fields.limit(limit);
    Long last = Fields.optionalId("after", after);
    List<KeyView> found =
        keys.page(
            projects(
                reach,
                Fields.optionalId("project_id", project),
                Fields.optionalId("organization_id", organization)),
            last == null ? Long.MAX_VALUE : last,
            rows + 1);
    List<KeyView> page = found.subList(0, Math.min(rows, found.size()));
    String next = found.size() > rows ? Long.toString(page.getLast().id()) : null;
    return new Items(items(page), next);
  }

  @PostMapping
  ResponseEntity<Created> create(
      @AuthenticationPrincipal @Nullable Principal principal,
      @RequestBody NewKey body,
      ServerWebExchange exchange) {
    Reach reach = access.reach(principal, Permission.KEYS_WRITE);
    Actor actor = Actors.of(principal, exchange);
    long projectId = Fields.requiredId("project_id", body.projectId());
    requireReached(reach, projectId);
    String name = Fields.required("name", body.name());
    Rights wanted = rights.read(body.scopes(), body.models(), body.networks());
    Created created =
        transactions.execute(
            status -> {
              IssuedKey issued =
                  keys.issue(projectId, new KeyTerms(name, keys.end(body.life()), wanted));
              Item item = item(issued.key());
              audit.record(actor, change("key.created", item, null, item));
              return new Created(item, issued.secret());
            });
    return ResponseEntity.status(HttpStatus.CREATED).eTag(created.key().version()).body(created);
  }

  /** Gives a key other terms; what is not sent is as for a new key. */
  @PutMapping("/{id}")
  ResponseEntity<Item> change(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody Terms body,
      ServerWebExchange exchange) {
    Reach reach = access.reach(principal, Permission.KEYS_WRITE);
    Actor actor = Actors.of(principal, exchange);
    long version = Fields.version(ifMatch);
    var terms =
        new KeyTerms(
            Fields.required("name", body.name()),
            body.expiresAt(),
            rights.read(body.scopes(), body.models(), body.networks()));
    Item changed =
        transactions.execute(
            status -> {
              Item before = item(reached(reach, id));
              Item after = item(keys.change(id, version, terms));
              audit.record(actor, change("key.changed", after, before, after));
              return after;
            });
    return ResponseEntity.ok().eTag(changed.version()).body(changed);
  }

  /** Gives a key another secret; the one until now is good for {@code grace_seconds} more. */
  @PostMapping("/{id}/rotate")
  ResponseEntity<Created> rotate(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody Rotation body,
      ServerWebExchange exchange) {
    Reach reach = access.reach(principal, Permission.KEYS_WRITE);
    Actor actor = Actors.of(principal, exchange);
    long version = Fields.version(ifMatch);
    Created created =
        transactions.execute(
            status -> {
              Item before = item(reached(reach, id));
              IssuedKey issued = keys.rotate(id, version, body.grace());
              Item after = item(issued.key());
              audit.record(actor, change("key.rotated", after, before, after));
              return new Created(after, issued.secret());
            });
    return ResponseEntity.ok().eTag(created.key().version()).body(created);
  }

  @DeleteMapping("/{id}")
  ResponseEntity<Item> revoke(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      ServerWebExchange exchange) {
    Reach reach = access.reach(principal, Permission.KEYS_WRITE);
    Actor actor = Actors.of(principal, exchange);
    long version = Fields.version(ifMatch);
    Item revoked =
        transactions.execute(
            status -> {
              Item before = item(reached(reach, id));
              Item after = item(keys.revoke(id, version));
              if (before.revokedAt() == null) {
                audit.record(actor, change("key.revoked", after, before, after));
              }
              return after;
            });
    return ResponseEntity.ok().eTag(revoked.version()).body(revoked);
  }

  /** The projects whose keys are listed; null for all of the site. */
  private @Nullable Collection<Long> projects(
      Reach reach, @Nullable Long asked, @Nullable Long organization) {
    if (asked == null) {
      return organization == null
          ? tenancy.projects(reach)
          : tenants.projects(organization).stream()
              .map(ProjectView::id)
              .filter(project -> reach.hasProject(organization, project))
              .toList();
    }
    requireReached(reach, asked);
    return List.of(asked);
  }

  private void requireReached(Reach reach, long projectId) {
    if (!reach.everywhere()) {
      tenancy.project(reach, projectId);
    }
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

  private Item item(KeyView key) {
    return items(List.of(key)).getFirst();
  }

  private List<Item> items(List<KeyView> page) {
    Set<Long> ids = page.stream().map(KeyView::projectId).collect(Collectors.toSet());
    Map<Long, ProjectView> projects = tenants.projectsById(ids);
    return page.stream().map(key -> Item.of(key, projects)).toList();
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

  record Items(List<Item> items, @Nullable String next) {}

  record Created(Item key, String secret) {
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
