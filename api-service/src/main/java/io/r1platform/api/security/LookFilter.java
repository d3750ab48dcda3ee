package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.KeyView;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import org.springframework.util.NumberUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Notes whose data an operator asks for, where the request says it: everybody that its path or its
 * parameters name, and all of the site where they name nobody who narrows the answer. What is asked
 * for by the id of an invoice, a budget, an export or a request says it only when it is found: its
 * controller notes that.
 */
final class LookFilter implements WebFilter {
  private final OperatorLooks looks;
  private final Whose whose;
  private final PostgresWebSessionStore store;
  private final ErrorResponses errors;

  LookFilter(
      OperatorLooks looks, Whose whose, PostgresWebSessionStore store, ErrorResponses errors) {
    this.looks = looks;
    this.whose = whose;
    this.store = store;
    this.errors = errors;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    HttpMethod method = request.getMethod();
    Permission permission =
        method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)
            ? AdminRoutes.permission(method, request.getPath().pathWithinApplication()).orElse(null)
            : null;
    if (permission == null) {
      return chain.filter(exchange);
    }
    return ReactiveSecurityContextHolder.getContext()
        .flatMap(context -> Mono.justOrEmpty(context.getAuthentication()))
        .flatMap(authentication -> Mono.justOrEmpty(authentication.getPrincipal()))
        .ofType(Principal.class)
        .filter(who -> OperatorLooks.isOne(who, permission))
        .flatMap(
            who ->
                Mono.<Void>fromRunnable(() -> note(who, exchange, permission))
                    .subscribeOn(store.blocking()))
        .then(Mono.just(true))
        .onErrorResume(
            ServiceException.class, refusal -> errors.write(exchange, refusal).thenReturn(false))
        .flatMap(noted -> noted ? chain.filter(exchange) : Mono.empty());
  }

  private void note(Principal who, ServerWebExchange exchange, Permission permission) {
    for (Asked asked : whose.of(exchange.getRequest())) {
      looks.note(who, exchange, permission, asked.organization());
    }
  }

  /**
   * What a request is about.
   *
   * @param organization null: all of the site
   */
  record Asked(@Nullable Long organization) {
    static final Asked ALL = new Asked(null);
  }

  /** Finds out whose data a request asks for. */
  @Component
  static final class Whose {
    private static final String ORGANIZATION = "organization_id";
    private static final String PROJECT = "project_id";
    private static final String KEY = "api_key_id";
    private static final List<String> NAMES = List.of(ORGANIZATION, "organization", PROJECT, KEY);

    private final Tenants tenants;
    private final Keys keys;

    Whose(Tenants tenants, Keys keys) {
      this.tenants = tenants;
      this.keys = keys;
    }

    /** None where it is not known before it is found. */
    Set<Asked> of(ServerHttpRequest request) {
      List<String> below = segments(request);
      String area = below.isEmpty() ? "" : below.getFirst();
      boolean named = below.size() > 1;
      return switch (area) {
        case "organizations" -> named ? one("organization", below.get(1)) : Set.of();
        case "limits" -> below.size() > 2 ? one(below.get(1), below.get(2)) : Set.of();
        case "invoices" ->
            below.size() > 2 && below.get(1).equals("profiles")
                ? one("organization", below.get(2))
                : named ? Set.of() : listed(request, ORGANIZATION);
        case "requests" -> named ? Set.of() : listed(request, ORGANIZATION, PROJECT, KEY);
        case "usage" ->
            named ? listed(request, ORGANIZATION) : listed(request, ORGANIZATION, PROJECT, KEY);
        case "keys" -> listed(request, ORGANIZATION, PROJECT);
        case "exports" ->
            below.size() > 2 && below.get(1).equals("jobs")
                ? Set.of()
                : listed(request, ORGANIZATION);
        case "budgets" ->
            named && !below.get(1).equals("alerts") ? Set.of() : listed(request, "organization");
        default -> listed(request, ORGANIZATION);
      };
    }

    /** Below the admin API, as routes and their controllers see them. */
    private static List<String> segments(ServerHttpRequest request) {
      return request.getPath().pathWithinApplication().elements().stream()
          .filter(PathSegment.class::isInstance)
          .map(element -> ((PathSegment) element).valueToMatch())
          .skip(2)
          .toList();
    }

    private Set<Asked> one(String scope, String id) {
      return Set.of(organization(scope, id).map(Asked::new).orElse(Asked.ALL));
    }

    /**
     * Whoever a list's parameters name.
     *
     * @param narrowing those that the route heeds, of which the first value counts
     */
    private Set<Asked> listed(ServerHttpRequest request, String... narrowing) {
      MultiValueMap<String, String> sent = request.getQueryParams();
      Set<Asked> all = new LinkedHashSet<>();
      for (String name : NAMES) {
        for (String value : sent.getOrDefault(name, List.of())) {
          if (value != null && !value.isBlank()) {
            all.addAll(one(name, value));
          }
        }
      }
      if (List.of(narrowing).stream().allMatch(name -> isBlank(sent.getFirst(name)))) {
        all.add(Asked.ALL);
      }
      return all;
    }

    private static boolean isBlank(@Nullable String value) {
      return value == null || value.isBlank();
    }

    private Optional<Long> organization(String scope, String text) {
      Long id = id(text);
      if (id == null) {
        return Optional.empty();
      }
      return switch (scope) {
        case "organization", ORGANIZATION -> Optional.of(id).filter(tenants::hasOrganization);
        case "project", PROJECT -> tenants.project(id).map(ProjectView::organizationId);
        case "key", KEY ->
            Optional.ofNullable(keys.byId(List.of(id)).get(id))
                .map(KeyView::projectId)
                .flatMap(tenants::project)
                .map(ProjectView::organizationId);
        default -> Optional.empty();
      };
    }

    /** As Spring reads a path's ids, which takes more than digits; null if it is none. */
    private static @Nullable Long id(String text) {
      try {
        return NumberUtils.parseNumber(text, Long.class);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
  }
}
