package io.r1platform.api.security;

import io.r1platform.api.keys.Network;
import java.net.InetAddress;
import java.util.List;

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
   * heard; what stands before that, anybody can have written.
   *
   * @param peer the other end of the connection
   * @param forwarded values of {@code X-Forwarded-For}, in order
   */
  InetAddress client(InetAddress peer, List<String> forwarded) {
    List<String> hops = List.of(String.join(",", forwarded).split(",", -1));
    InetAddress nearest = peer;
    for (int i = hops.size() - 1; i >= 0 && isTrusted(nearest); i--) {
      try {
        nearest = InetAddress.ofLiteral(hops.get(i).strip());
      } catch (IllegalArgumentException e) {
        return nearest; // not an address: nothing further counts
      }
    }
    return nearest;
  }

  private boolean isTrusted(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }
}
