package io.r1platform.inference.security;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import java.time.Clock;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Lets through who shows a token of the file; only the probes and the management port are free. */
@Component
final class InternalTokens implements WebFilter {
  private static final String SCHEME = "Bearer ";
  private static final List<String> FREE = List.of("/livez", "/readyz");
  private static final String MANAGEMENT = "/actuator"; // mapped on the management port only

  private final TokenFile tokens;

  InternalTokens(SecuritySettings settings, Clock clock) {
    this.tokens = new TokenFile(settings.tokenFile(), clock);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getPath().value();
    if (FREE.contains(path) || path.equals(MANAGEMENT) || path.startsWith(MANAGEMENT + "/")) {
      return chain.filter(exchange);
    }
    String header = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    if (header != null
        && header.startsWith(SCHEME)
        && tokens.accepts(header.substring(SCHEME.length()).strip())) {
      return chain.filter(exchange);
    }
    return Mono.error(
        ServiceException.of(
            ErrorCode.INVALID_API_KEY, "This address serves the gateway only: wrong token."));
  }
}
