package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.KeyCheck;
import io.r1platform.api.keys.KeyChecks;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets a request of the tenant API in if it carries a good key that opens its route, and notes
 * whose it is.
 */
final class BearerKeyFilter implements WebFilter {
  private static final String SCHEME = "Bearer ";
  private static final Set<List<String>> OUR_TYPES =
      Set.of(List.of("*/*"), List.of("application/json"));

  /** When the secret that was used stops being good, RFC 3339; absent if never. */
  private static final String EXPIRES = "x-r1-key-expires";

  private final KeyChecks keys;
  private final ErrorResponses errors;

  BearerKeyFilter(KeyChecks keys, ErrorResponses errors) {
    this.keys = keys;
    this.errors = errors;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String token = token(exchange.getRequest().getHeaders());
    if (token == null) {
      return refuse(exchange, missing());
    }
    InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
    return Mono.fromFuture(keys.check(token, remote == null ? null : remote.getAddress()))
        .flatMap(
            check ->
                switch (check) {
                  case KeyCheck.Accepted accepted -> accept(exchange, chain, accepted);
                  case KeyCheck.Refused refused -> refuse(exchange, refused.error());
                });
  }

  private Mono<Void> accept(
      ServerWebExchange exchange, WebFilterChain chain, KeyCheck.Accepted accepted) {
    Instant expires = accepted.secretExpiresAt();
    if (expires != null) {
      exchange.getResponse().getHeaders().set(EXPIRES, expires.toString());
    }
    ServerHttpRequest request = exchange.getRequest();
    ServiceException refusal =
        RouteScopes.refusal(
            request.getMethod(),
            request.getPath().pathWithinApplication(),
            request.getHeaders().containsHeader("Idempotency-Key"),
            accepted);
    if (refusal != null) {
      return refuse(exchange, refusal);
    }
    Caller caller = accepted.caller();
    exchange.getAttributes().put(Caller.ATTRIBUTE, caller);
    var authentication = UsernamePasswordAuthenticationToken.authenticated(caller, null, List.of());
    return chain
        .filter(acceptingOurType(exchange))
        .contextWrite(ReactiveSecurityContextHolder.withAuthentication(authentication));
  }

  /**
   * The type of an answer is the endpoint's and the body's business: a client that accepts only
   * others gets it all the same, and no object dressed up as an event.
   */
  private static ServerWebExchange acceptingOurType(ServerWebExchange exchange) {
    List<String> accepted = exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.ACCEPT);
    return accepted.isEmpty() || OUR_TYPES.contains(accepted)
        ? exchange
        : exchange
            .mutate()
            .request(request -> request.headers(headers -> headers.remove(HttpHeaders.ACCEPT)))
            .build();
  }

  private Mono<Void> refuse(ServerWebExchange exchange, ServiceException error) {
    if (error.code().httpStatus() == 401) {
      exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    return errors.write(exchange, error);
  }

  private static @Nullable String token(HttpHeaders headers) {
    String header = headers.getFirst(HttpHeaders.AUTHORIZATION);
    return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? header.substring(SCHEME.length()).strip()
        : null;
  }

  private static ServiceException missing() {
    return ServiceException.of(
        ErrorCode.INVALID_API_KEY,
        "No API key came with the request. Nothing was charged. Send it as `Authorization: Bearer"
            + " sk-r1-…`.");
  }
}
