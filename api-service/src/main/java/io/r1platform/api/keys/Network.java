package io.r1platform.api.keys;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Some addresses, as in {@code 10.0.0.0/8} or {@code 2001:db8::/32}, or a single one. An IPv4
 * address that is written inside IPv6 ({@code ::ffff:10.0.0.1}) is the IPv4 address.
 *
 * @param address the first one
 * @param bits how many leading bits all have in common
 */
public record Network(InetAddress address, int bits) {
  private static final Pattern DOTTED = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern COLONS = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern BITS = Pattern.compile("[0-9]{1,3}");
  private static final int MAPPED = 96;

  /** Reads one. Throws IllegalArgumentException, with a message for people, if it is none. */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    String start = slash < 0 ? text : text.substring(0, slash);
    String prefix = slash < 0 ? "" : text.substring(slash + 1);
    boolean isV6 = COLONS.matcher(start).matches();
    boolean isWritten = isV6 || DOTTED.matcher(start).matches();
    if (!isWritten || (slash >= 0 && !BITS.matcher(prefix).matches())) {
      throw new IllegalArgumentException(
          "'%s' is no address and no network as in 10.0.0.0/8".formatted(text));
    }
    InetAddress address = plain(InetAddress.ofLiteral(start));
    int longest = address.getAddress().length * Byte.SIZE;
    int inside = isV6 && longest < 128 ? MAPPED : 0;
    int bits = slash < 0 ? longest : Integer.parseInt(prefix) - inside;
    if (bits < 0 || bits > longest) {
      throw new IllegalArgumentException("'%s' has no prefix of this length".formatted(text));
    }
    return new Network(first(address, bits), bits);
  }

  /** Whether it has this address. */
  public boolean contains(InetAddress other) {
    byte[] ours = address.getAddress();
    byte[] theirs = plain(other).getAddress();
    return ours.length == theirs.length && sameBits(ours, theirs, bits);
  }

  /** As people write it, without the bits that do not count. */
  @Override
  public String toString() {
    return address.getHostAddress() + "/" + bits;
  }

  private static boolean sameBits(byte[] ours, byte[] theirs, int bits) {
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % Byte.SIZE);
      if (((ours[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  private static InetAddress first(InetAddress address, int bits) {
    byte[] bytes = address.getAddress();
    for (int bit = bits; bit < bytes.length * Byte.SIZE; bit++) {
      bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >> (bit % Byte.SIZE));
    }
    return ofBytes(bytes);
  }

  /** Without a zone, and as IPv4 if it is one. */
  private static InetAddress plain(InetAddress address) {
    return ofBytes(address.getAddress());
  }

  private static InetAddress ofBytes(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }
}
