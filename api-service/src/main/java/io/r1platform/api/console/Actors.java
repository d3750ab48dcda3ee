package io.r1platform.api.console;

import io.r1platform.api.audit.Actor;
import io.r1platform.api.errors.RequestId;
import io.r1platform.api.people.Principal;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** Says for the audit trail who sent a request. */
final class Actors {
  private Actors() {}

  static Actor of(@Nullable Principal principal, ServerWebExchange exchange) {
    Principal who = Objects.requireNonNull(principal, "asked Access first");
    InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
    String address =
        remote == null || remote.getAddress() == null
            ? "unknown"
            : remote.getAddress().getHostAddress();
    return new Actor(who.name(), address, RequestId.of(exchange));
  }
}
