package io.r1platform.receipts;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;

/** A SHA-256 as four big-endian words. */
public record Hash(long a, long b, long c, long d) {
  /** Bytes of a hash. */
  public static final int BYTES = 32;

  /** All zeros, which stand for "unknown" in a record. */
  public static final Hash ZERO = new Hash(0, 0, 0, 0);

  private static final int BASE64_LENGTH = 44;

  /** Reads the next 32 bytes. */
  public static Hash read(ByteBuffer from) {
    return new Hash(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  /**
   * From 32 bytes.
   *
   * @throws NotGenuine if there are not 32
   */
  public static Hash of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new NotGenuine("a hash has 32 bytes, not " + bytes.length);
    }
    return read(ByteBuffer.wrap(bytes));
  }

  /**
   * From 64 lower-case hex digits.
   *
   * @throws NotGenuine if it is anything else
   */
  public static Hash ofHex(String digits) {
    if (!digits.matches("[0-9a-f]{64}")) {
      throw new NotGenuine("not the 64 hex digits of a hash: " + Lines.shown(digits));
    }
    return of(HexFormat.of().parseHex(digits));
  }

  /**
   * From the 44 characters of RFC 4648 §4.
   *
   * @throws NotGenuine if it is anything else, such as another spelling of the same bytes
   */
  public static Hash ofBase64(String text) {
    if (text.length() == BASE64_LENGTH) {
      try {
        Hash hash = of(Base64.getDecoder().decode(text));
        if (hash.base64().equals(text)) {
          return hash;
        }
      } catch (IllegalArgumentException e) {
        throw new NotGenuine("not the base64 of a hash: " + Lines.shown(text), e);
      }
    }
    throw new NotGenuine("not the base64 of a hash: " + Lines.shown(text));
  }

  /** Writes the 32 bytes. */
  public void write(ByteBuffer to) {
    to.putLong(a).putLong(b).putLong(c).putLong(d);
  }

  /** The 32 bytes. */
  public byte[] bytes() {
    var to = ByteBuffer.allocate(BYTES);
    write(to);
    return to.array();
  }

  /** 64 lower-case hex digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes());
  }

  /** 44 characters, RFC 4648 §4. */
  public String base64() {
    return Base64.getEncoder().encodeToString(bytes());
  }

  @Override
  public String toString() {
    return hex();
  }
}
