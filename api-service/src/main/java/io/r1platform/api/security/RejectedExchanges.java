package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import java.util.Set;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedException;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedHandler;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Says in our words what Spring Security's firewall refuses; its own answer has no body. */
@Component
final class RejectedExchanges implements ServerExchangeRejectedHandler {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private final ErrorResponses errors;

  RejectedExchanges(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, ServerExchangeRejectedException failure) {
    boolean known = METHODS.contains(exchange.getRequest().getMethod().name());
    return errors.write(
        exchange,
        known
            ? ServiceException.of(
                ErrorCode.UNSUPPORTED_VALUE,
                "The path or a header has characters that are not taken here. Nothing was charged.")
            : ServiceException.of(
                ErrorCode.METHOD_NOT_ALLOWED, "This path does not take this method."));
  }
}
