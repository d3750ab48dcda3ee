package io.r1platform.api.security;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Puts the client's address, or that it is unknown, in place of a proxy's that we trust. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ForwardedClient implements WebFilter {
  private static final String HEADER = "X-Forwarded-For";
  private final TrustedProxies proxies;

  ForwardedClient(SecuritySettings settings) {
    this.proxies = TrustedProxies.of(settings.trustedProxies());
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    List<String> forwarded = exchange.getRequest().getHeaders().getOrEmpty(HEADER);
    InetSocketAddress peer = exchange.getRequest().getRemoteAddress();
    if (peer == null || peer.getAddress() == null) {
      return chain.filter(exchange);
    }
    @Nullable InetAddress client = proxies.client(peer.getAddress(), forwarded);
    if (peer.getAddress().equals(client)) {
      return chain.filter(exchange);
    }
    var from =
        client == null
            ? InetSocketAddress.createUnresolved("unknown", peer.getPort())
            : new InetSocketAddress(client, peer.getPort());
    return chain.filter(exchange.mutate().request(request -> request.remoteAddress(from)).build());
  }
}
