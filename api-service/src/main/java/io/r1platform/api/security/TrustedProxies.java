package io.r1platform.api.security;

import io.r1platform.api.keys.Network;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose word for the address of a client counts.
 *
 * @param networks the proxies' networks
 */
record TrustedProxies(List<Network> networks) {
  TrustedProxies {
    networks = List.copyOf(networks);
  }

  static TrustedProxies of(List<String> texts) {
    return new TrustedProxies(texts.stream().map(Network::parse).toList());
  }

  /**
   * The address of the client: the nearest that no trusted proxy has. Each proxy appends whom it
   * heard; what stands before that, anybody can have written. Null where a trusted proxy does not
   * say whom it heard: its own address is not the client's.
   *
   * @param peer the other end of the connection
   * @param forwarded values of {@code X-Forwarded-For}, in order
   */
  @Nullable InetAddress client(InetAddress peer, List<String> forwarded) {
    if (forwarded.isEmpty()) {
      return isTrusted(peer) ? null : peer;
    }
    List<String> hops = List.of(String.join(",", forwarded).split(",", -1));
    InetAddress nearest = peer;
    for (int i = hops.size() - 1; i >= 0 && isTrusted(nearest); i--) {
      try {
        nearest = InetAddress.ofLiteral(hops.get(i).strip());
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    return nearest;
  }

  private boolean isTrusted(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }
}
