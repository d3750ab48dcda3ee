package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.KeyView;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Notes whose data an operator asks for, where the request says it. What is asked for by the id of
 * an invoice, a budget or a request says it only when it is found: its controller notes that.
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
    Optional<Asked> asked = whose.of(exchange.getRequest());
    asked.ifPresent(found -> looks.note(who, exchange, permission, found.organization()));
  }

  /**
   * What a request is about.
   *
   * @param organization null: all of the site
   */
  record Asked(@Nullable Long organization) {}

  /** Finds out whose data a request asks for. */
  @Component
  static final class Whose {
    private final Tenants tenants;
    private final Keys keys;

    Whose(Tenants tenants, Keys keys) {
      this.tenants = tenants;
      this.keys = keys;
    }

    /** Nothing where it is not known before it is found, or what it names does not exist. */
    Optional<Asked> of(ServerHttpRequest request) {
      List<String> path = List.of(request.getPath().value().substring(1).split("/"));
      List<String> below = path.subList(Math.min(2, path.size()), path.size());
      String area = below.isEmpty() ? "" : below.getFirst();
      boolean named = below.size() > 1;
      return switch (area) {
        case "organizations" -> named ? organization(below.get(1)) : Optional.empty();
        case "limits" -> below.size() > 2 ? limits(below.get(1), below.get(2)) : Optional.empty();
        case "invoices" ->
            below.size() > 2 && below.get(1).equals("profiles")
                ? organization(below.get(2))
                : named ? Optional.empty() : listed(request);
        case "requests" -> named ? Optional.empty() : listed(request);
        case "budgets" ->
            named && !below.get(1).equals("alerts") ? Optional.empty() : listed(request);
        default -> listed(request);
      };
    }

    private Optional<Asked> limits(String scope, String id) {
      return switch (scope) {
        case "organization" -> organization(id);
        case "project" -> project(id);
        case "key" -> key(id);
        default -> Optional.empty();
      };
    }

    /** The narrowest that a list is asked for. */
    private Optional<Asked> listed(ServerHttpRequest request) {
      String key = parameter(request, "api_key_id");
      String project = parameter(request, "project_id");
      String organization = parameter(request, "organization_id");
      organization = organization == null ? parameter(request, "organization") : organization;
      if (key != null) {
        return key(key);
      }
      if (project != null) {
        return project(project);
      }
      return organization == null ? Optional.of(new Asked(null)) : organization(organization);
    }

    private static @Nullable String parameter(ServerHttpRequest request, String name) {
      String value = request.getQueryParams().getFirst(name);
      return value == null || value.isBlank() ? null : value;
    }

    private Optional<Asked> organization(String id) {
      return id(id).filter(tenants::hasOrganization).map(Asked::new);
    }

    private Optional<Asked> project(String id) {
      return id(id).flatMap(tenants::project).map(ProjectView::organizationId).map(Asked::new);
    }

    private Optional<Asked> key(String id) {
      return id(id)
          .map(one -> keys.byId(List.of(one)).get(one))
          .map(KeyView::projectId)
          .flatMap(tenants::project)
          .map(ProjectView::organizationId)
          .map(Asked::new);
    }

    private static Optional<Long> id(String text) {
      return text.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }
  }
}
