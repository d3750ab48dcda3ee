package io.r1platform.api.security;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.server.context.ServerSecurityContextRepository;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The person of the session is the principal; nothing else is stored. */
final class SessionSecurityContext implements ServerSecurityContextRepository {

  @Override
  public Mono<Void> save(ServerWebExchange exchange, @Nullable SecurityContext context) {
    return Mono.empty();
  }

  @Override
  public Mono<SecurityContext> load(ServerWebExchange exchange) {
    return exchange
        .getSession()
        .cast(OperatorWebSession.class)
        .flatMap(session -> Mono.justOrEmpty(session.person()))
        .map(
            person ->
                new SecurityContextImpl(
                    UsernamePasswordAuthenticationToken.authenticated(person, null, List.of())));
  }
}
