package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.KeyCheck;
import io.r1platform.api.keys.KeyChecks;
import io.r1platform.api.keys.Scope;
import io.r1platform.api.people.Membership;
import io.r1platform.api.people.Principal;
import io.r1platform.api.people.Role;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.web.server.csrf.CsrfWebFilter;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets a management key into the admin API: an API key with {@code admin:read} or {@code
 * admin:write}, which is an admin of its organization, with the former alone only for reading. No
 * browser sends one by itself, so it needs no CSRF token; whoever sends a key that is not good is
 * refused, whatever session comes with it.
 */
final class ManagementKeyFilter implements WebFilter {
  private static final String PREFIX = "Bearer sk-r1-";
  private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private final KeyChecks keys;
  private final ErrorResponses errors;

  ManagementKeyFilter(KeyChecks keys, ErrorResponses errors) {
    this.keys = keys;
    this.errors = errors;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String header = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
      return chain.filter(exchange);
    }
    String token = header.substring("Bearer ".length()).strip();
    InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
    return Mono.fromFuture(keys.check(token, remote == null ? null : remote.getAddress()))
        .flatMap(
            check ->
                switch (check) {
                  case KeyCheck.Accepted accepted -> accept(exchange, chain, token, accepted);
                  case KeyCheck.Refused refused -> refuse(exchange, refused.error());
                });
  }

  private Mono<Void> accept(
      ServerWebExchange exchange, WebFilterChain chain, String token, KeyCheck.Accepted accepted) {
    ServiceException refusal = refusal(exchange.getRequest().getMethod(), accepted.scopes());
    if (refusal != null) {
      return refuse(exchange, refusal);
    }
    var authentication =
        UsernamePasswordAuthenticationToken.authenticated(
            principal(token, accepted), null, List.of());
    CsrfWebFilter.skipExchange(exchange);
    return chain
        .filter(withoutToken(exchange))
        .contextWrite(ReactiveSecurityContextHolder.withAuthentication(authentication));
  }

  private Mono<Void> refuse(ServerWebExchange exchange, ServiceException error) {
    if (error.code().httpStatus() == 401) {
      exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    return errors.write(exchange, error);
  }

  private static @Nullable ServiceException refusal(HttpMethod method, Set<Scope> scopes) {
    boolean writes = scopes.contains(Scope.ADMIN_WRITE);
    if (writes || (scopes.contains(Scope.ADMIN_READ) && READS.contains(method))) {
      return null;
    }
    return ServiceException.of(
        ErrorCode.SCOPE_MISSING,
        "This API key lacks the scope %s. Nothing was changed. Use a management key with it."
            .formatted((READS.contains(method) ? Scope.ADMIN_READ : Scope.ADMIN_WRITE).wire()));
  }

  /** Named by the part of the key that is no secret. */
  private static Principal principal(String token, KeyCheck.Accepted accepted) {
    var admin = new Membership(accepted.caller().organizationId(), null, Role.ADMIN);
    return Principal.ofKey(token.substring(0, "sk-r1-".length() + 8), admin);
  }

  /** The filter of machines would take it for a token of the identity provider. */
  private static ServerWebExchange withoutToken(ServerWebExchange exchange) {
    return exchange
        .mutate()
        .request(request -> request.headers(headers -> headers.remove(HttpHeaders.AUTHORIZATION)))
        .build();
  }
}
