package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Permission;
import io.r1platform.api.people.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets a request of the admin API through only if its route is in the table and its principal may
 * do there somewhere what the route does. In which tenant, the controller asks.
 */
final class AdminGate implements WebFilter {
  static final String SESSION = "/admin/api/session";

  private final ErrorResponses errors;

  AdminGate(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (exchange.getRequest().getPath().value().equals(SESSION)) {
      return chain.filter(exchange);
    }
    return ReactiveSecurityContextHolder.getContext()
        .flatMap(context -> Mono.justOrEmpty(context.getAuthentication()))
        .flatMap(authentication -> Mono.justOrEmpty(authentication.getPrincipal()))
        .ofType(Principal.class)
        .singleOptional()
        .flatMap(
            principal -> {
              var refusal = refusal(exchange.getRequest(), principal.orElse(null));
              return refusal == null ? chain.filter(exchange) : errors.write(exchange, refusal);
            });
  }

  private static @Nullable ServiceException refusal(
      ServerHttpRequest request, @Nullable Principal principal) {
    Permission permission =
        AdminRoutes.permission(request.getMethod(), request.getPath().pathWithinApplication())
            .orElse(null);
    return permission == null
        ? ServiceException.notFound("This path")
        : Access.refusal(principal, permission);
  }
}
