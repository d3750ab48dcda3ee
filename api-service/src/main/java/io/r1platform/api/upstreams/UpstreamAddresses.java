package io.r1platform.api.upstreams;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a foreign server may be. Private networks are where most are; addresses that only mean this
 * machine's link, as that of a cloud's metadata, are no server of models.
 */
public final class UpstreamAddresses {
  private UpstreamAddresses() {}

  /** Those of the addresses of a name that may be connected to; null if there is none. */
  public static @Nullable List<? extends SocketAddress> allowed(
      @Nullable List<? extends SocketAddress> found) {
    if (found == null) {
      return null;
    }
    List<? extends SocketAddress> left = found.stream().filter(UpstreamAddresses::may).toList();
    return left.isEmpty() ? null : left;
  }

  private static boolean may(SocketAddress address) {
    return !(address instanceof InetSocketAddress socket) || may(socket.getAddress());
  }

  /** Whether one may be connected to. */
  static boolean may(@Nullable InetAddress address) {
    return address != null
        && !address.isLinkLocalAddress()
        && !address.isMulticastAddress()
        && !address.isAnyLocalAddress();
  }
}
