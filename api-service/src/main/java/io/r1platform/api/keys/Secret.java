package io.r1platform.api.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The text of an API key: {@code sk-r1-}, 8 base62 characters of public id, 32 of secret (190
 * bits), 6 of CRC-32 over all before. The checksum stops typos without a look-up. {@code toString}
 * hides the secret.
 */
final class Secret {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String PREFIX = "sk-r1-";
  private static final int PUBLIC_ID_LENGTH = 8;
  private static final int CHECKED_LENGTH = PREFIX.length() + PUBLIC_ID_LENGTH + 32;
  private static final int LENGTH = CHECKED_LENGTH + 6;

  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  static Secret random(RandomGenerator random) {
    return random(random, "");
  }

  /** Another secret of the key with this public id. */
  static Secret random(RandomGenerator random, String publicId) {
    var text = new StringBuilder(LENGTH).append(PREFIX).append(publicId);
    while (text.length() < CHECKED_LENGTH) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new Secret(text.append(checksum(text)).toString());
  }

  /** The key that {@code text} spells, or null if it cannot be one. */
  static @Nullable Secret parse(String text) {
    if (text.length() != LENGTH || !text.startsWith(PREFIX)) {
      return null;
    }
    for (int i = PREFIX.length(); i < LENGTH; i++) {
      if (ALPHABET.indexOf(text.charAt(i)) < 0) {
        return null;
      }
    }
    String checksum = checksum(text.substring(0, CHECKED_LENGTH));
    return text.endsWith(checksum) ? new Secret(text) : null;
  }

  /** The whole key; for its owner's eyes only. */
  String text() {
    return text;
  }

  String publicId() {
    return text.substring(PREFIX.length(), PREFIX.length() + PUBLIC_ID_LENGTH);
  }

  String lastFour() {
    return text.substring(LENGTH - 4);
  }

  byte[] sha256() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return PREFIX + publicId() + "…";
  }

  private static String checksum(CharSequence checked) {
    var crc = new CRC32();
    crc.update(checked.toString().getBytes(StandardCharsets.US_ASCII));
    long rest = crc.getValue();
    var digits = new char[6];
    for (int i = digits.length - 1; i >= 0; i--) {
      digits[i] = ALPHABET.charAt((int) (rest % ALPHABET.length()));
      rest /= ALPHABET.length();
    }
    return new String(digits);
  }
}
