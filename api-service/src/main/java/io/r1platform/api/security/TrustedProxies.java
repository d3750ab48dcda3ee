package io.r1platform.api.security;

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

  /** Some addresses, as in {@code 10.0.0.0/8}, or a single one. */
  record Network(InetAddress address, int bits) {
    static Network parse(String text) {
      int slash = text.indexOf('/');
      InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
      int longest = address.getAddress().length * Byte.SIZE;
      int bits = slash < 0 ? longest : Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > longest) {
        throw new IllegalArgumentException("'%s' has no prefix of %d bits".formatted(text, bits));
      }
      return new Network(address, bits);
    }

    boolean contains(InetAddress other) {
      byte[] ours = address.getAddress();
      byte[] theirs = other.getAddress();
      if (ours.length != theirs.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % Byte.SIZE);
        if (((ours[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
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
