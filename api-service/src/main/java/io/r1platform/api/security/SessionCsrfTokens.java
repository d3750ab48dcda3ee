package io.r1platform.api.security;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.security.web.server.csrf.DefaultCsrfToken;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRepository;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Mono;

/** Keeps a session's CSRF token in the session, as a string. */
final class SessionCsrfTokens implements ServerCsrfTokenRepository {
  static final String HEADER = "X-CSRF-TOKEN";
  private static final String ATTRIBUTE = "csrf";

  private final Supplier<String> random;

  SessionCsrfTokens(Supplier<String> random) {
    this.random = random;
  }

  @Override
  public Mono<CsrfToken> generateToken(ServerWebExchange exchange) {
    return Mono.fromSupplier(() -> token(random.get()));
  }

  @Override
  public Mono<Void> saveToken(ServerWebExchange exchange, @Nullable CsrfToken token) {
    return exchange
        .getSession()
        .doOnNext(
            session -> {
              if (token == null) {
                session.getAttributes().remove(ATTRIBUTE);
              } else {
                session.getAttributes().put(ATTRIBUTE, token.getToken());
              }
            })
        .then();
  }

  @Override
  public Mono<CsrfToken> loadToken(ServerWebExchange exchange) {
    return exchange
        .getSession()
        .flatMap(session -> Mono.justOrEmpty(session.<String>getAttribute(ATTRIBUTE)))
        .map(SessionCsrfTokens::token);
  }

  /** Gives a session a new token and returns it. */
  CsrfToken renew(WebSession session) {
    CsrfToken token = token(random.get());
    session.getAttributes().put(ATTRIBUTE, token.getToken());
    return token;
  }

  private static CsrfToken token(String value) {
    return new DefaultCsrfToken(HEADER, "_csrf", value);
  }
}
