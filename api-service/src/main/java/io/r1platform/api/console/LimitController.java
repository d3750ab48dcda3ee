package io.r1platform.api.console;

import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.KeyView;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.limits.LimitScope;
import io.r1platform.api.limits.LimitSet;
import io.r1platform.api.limits.LimitSets;
import io.r1platform.api.limits.Terms;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Reach;
import io.r1platform.api.security.Access;
import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code /admin/api/limits/{scope}/{id}}: requests and tokens a minute, requests at once and
 * waiting, of an organization, project or key.
 */
@RestController
@RequestMapping("/admin/api/limits/{scope}/{id}")
final class LimitController {
  private static final int MOST_MODELS = 100;

  private final Access access;
  private final LimitSets sets;
  private final Tenants tenants;
  private final Keys keys;
  private final ModelNames models;
  private final AuditTrail audit;
  private final Writes writes;

  LimitController(
      Access access,
      LimitSets sets,
      Tenants tenants,
      Keys keys,
      ModelNames models,
      AuditTrail audit,
      Writes writes) {
    this.access = access;
    this.sets = sets;
    this.tenants = tenants;
    this.keys = keys;
    this.models = models;
    this.audit = audit;
    this.writes = writes;
  }

  @GetMapping
  ResponseEntity<Item> read(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String scope,
      @PathVariable long id) {
    Reach reach = access.reach(principal, Permission.KEYS_READ);
    LimitScope of = scope(scope);
    requireReached(reach, of, id);
    Item item = item(of, id, sets.read(of, id));
    return ResponseEntity.ok().eTag(item.version()).body(item);
  }

  /** Sets all limits of it anew; without those of all models it has the site's defaults. */
  @PutMapping
  ResponseEntity<byte[]> replace(
      @AuthenticationPrincipal @Nullable Principal principal,
      @PathVariable String scope,
      @PathVariable long id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody NewLimits body,
      ServerWebExchange exchange) {
    Write write = Write.of(access.operator(principal), exchange);
    LimitScope of = scope(scope);
    long version = Fields.version(ifMatch);
    Map<Integer, Terms> terms = terms(body.limits());
    return writes.own(
        write,
        () -> item(of, id, sets.read(of, id)),
        () -> {
          long organization = organization(of, id);
          Item before = item(of, id, sets.read(of, id));
          Item after = item(of, id, sets.replace(of, id, version, terms));
          audit.record(
              write.actor(),
              new Change(
                  "limits.changed", of.wire(), Long.toString(id), organization, before, after));
          return Writes.Made.ok(after.version(), after);
        });
  }

  private static LimitScope scope(String scope) {
    return LimitScope.of(scope).orElseThrow(() -> ServiceException.notFound("This scope"));
  }

  /** Whose it is; fails with 404 if there is no such scope. */
  private long organization(LimitScope scope, long id) {
    return switch (scope) {
      case ORGANIZATION -> tenants.organization(id).id();
      case PROJECT -> organizationOf(id);
      case KEY -> {
        KeyView key = keys.key(id);
        yield organizationOf(key.projectId());
      }
    };
  }

  /** What is beyond a principal's reach does not exist for it. */
  private void requireReached(Reach reach, LimitScope scope, long id) {
    long organization = organization(scope, id);
    boolean reached =
        switch (scope) {
          case ORGANIZATION -> reach.hasOrganization(id);
          case PROJECT -> reach.hasProject(organization, id);
          case KEY -> reach.hasProject(organization, keys.key(id).projectId());
        };
    if (!reached) {
      throw ServiceException.notFound("This " + scope.wire());
    }
  }

  private long organizationOf(long projectId) {
    return tenants
        .project(projectId)
        .map(ProjectView::organizationId)
        .orElseThrow(() -> ServiceException.notFound("This project"));
  }

  private Map<Integer, Terms> terms(@Nullable List<Entry> entries) {
    Map<Integer, Terms> terms = new HashMap<>();
    if (entries == null || entries.size() > MOST_MODELS) {
      throw ServiceException.about(
          entries == null ? ErrorCode.MISSING_PARAMETER : ErrorCode.INVALID_VALUE,
          "limits",
          "Send 'limits': up to %d entries, empty for the site's defaults.".formatted(MOST_MODELS));
    }
    for (Entry entry : entries) {
      int model = entry.model() == null ? LimitSet.ALL_MODELS : models.id(entry.model());
      if (terms.put(model, entry.terms()) != null) {
        throw ServiceException.about(
            ErrorCode.INVALID_VALUE, "limits", "A model has one entry, and all together one.");
      }
    }
    return terms;
  }

  private Item item(LimitScope scope, long id, LimitSet set) {
    List<Entry> entries = new ArrayList<>();
    set.terms().forEach((model, terms) -> entries.add(Entry.of(models.name(model), terms)));
    entries.sort((a, b) -> String.valueOf(a.model()).compareTo(String.valueOf(b.model())));
    return new Item(
        scope.wire(),
        Long.toString(id),
        entries,
        Entry.of(null, sets.defaults(scope)),
        !set.terms().containsKey(LimitSet.ALL_MODELS),
        Long.toString(set.version()));
  }

  record NewLimits(@Nullable List<Entry> limits) {}

  /**
   * Limits of one scope.
   *
   * @param limits as they were set
   * @param defaults of the site for such a scope
   * @param hasDefaults whether these hold, since nothing was set for all models together
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Item(
      String scope,
      String scopeId,
      List<Entry> limits,
      Entry defaults,
      boolean hasDefaults,
      String version) {}

  /** Of one model, or of all together where it names none. Strings of digits, null: no limit. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Entry(
      @Nullable String model,
      @Nullable String requestsPerMinute,
      @Nullable String tokensPerMinute,
      @Nullable String concurrency,
      @Nullable String queueLength) {
    static Entry of(@Nullable String model, Terms terms) {
      return new Entry(
          model,
          text(terms.requestsPerMinute()),
          text(terms.tokensPerMinute()),
          text(terms.concurrency()),
          text(terms.queueLength()));
    }

    Terms terms() {
      return new Terms(
          number("requests_per_minute", requestsPerMinute),
          number("tokens_per_minute", tokensPerMinute),
          number("concurrency", concurrency),
          number("queue_length", queueLength));
    }

    private static @Nullable String text(@Nullable Long limit) {
      return limit == null ? null : limit.toString();
    }

    private static @Nullable Long number(String name, @Nullable String text) {
      if (text == null) {
        return null;
      }
      if (!text.matches("[0-9]{1,10}")
          || Long.parseLong(text) < 1
          || Long.parseLong(text) > Terms.HIGHEST) {
        throw ServiceException.about(
            ErrorCode.INVALID_VALUE,
            name,
            "A limit is a number from 1 to 1,000,000,000; without a value there is none.");
      }
      return Long.valueOf(text);
    }
  }
}
