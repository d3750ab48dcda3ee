package io.r1platform.api.security;

import java.security.SecureRandom;
import java.util.Base64;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Tells the browser what the console's pages may load: our own files, and styles with the nonce.
 */
public final class ConsoleHeaders implements WebFilter {
  /** Name of the exchange attribute that holds the nonce of this response. */
  public static final String NONCE = ConsoleHeaders.class.getName() + ".nonce";

  private final SecureRandom random = new SecureRandom();

  ConsoleHeaders() {}

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    var bytes = new byte[16];
    random.nextBytes(bytes);
    String nonce = Base64.getEncoder().encodeToString(bytes);
    exchange.getAttributes().put(NONCE, nonce);
    exchange
        .getResponse()
        .getHeaders()
        .set(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"
                + nonce
                + "'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
                + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    return chain.filter(exchange);
  }
}
