package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.errors.RequestId;
import io.r1platform.api.sessions.Operator;
import java.net.InetSocketAddress;
import org.springframework.web.server.ServerWebExchange;

/** Says for the audit trail who sent a request. */
final class Actors {
  private Actors() {}

  static Actor of(Operator operator, ServerWebExchange exchange) {
    InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
    String address =
        remote == null || remote.getAddress() == null
            ? "unknown"
            : remote.getAddress().getHostAddress();
    return new Actor(operator.email(), address, RequestId.of(exchange));
  }
}
