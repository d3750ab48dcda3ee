package io.r1platform.billing.webhooks;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Which addresses webhooks may be sent to: public ones, so that nobody makes this service call what
 * only it can reach. Asked before each attempt; the JDK's name cache makes the call that follows
 * see the same answer.
 */
public final class WebhookAddresses {
  private WebhookAddresses() {}

  /** Why the host may not be called, or nothing. */
  public static String refusal(String host, boolean privateAllowed) {
    try {
      String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      for (InetAddress address : InetAddress.getAllByName(name)) {
        if (!privateAllowed && !isPublic(address)) {
          return "its address is not public";
        }
      }
      return "";
    } catch (UnknownHostException e) {
      return "its host has no address";
    }
  }

  static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    if (address instanceof Inet6Address) {
      boolean uniqueLocal = (first & 0xfe) == 0xfc;
      boolean global = (first & 0xe0) == 0x20; // 2000::/3
      boolean carriesIpv4 =
          (first == 0x20 && second == 0x02) // 6to4
              || (first == 0x20 && second == 0x01 && bytes[2] == 0 && bytes[3] == 0); // Teredo
      return global && !uniqueLocal && !carriesIpv4;
    }
    return first != 0
        && first < 240
        && !(first == 100 && (second & 0xc0) == 64) // shared by carriers
        && !(first == 192 && second == 0)
        && !(first == 198 && (second & 0xfe) == 18);
  }
}
