package io.r1platform.billing.webhooks;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs as Standard Webhooks does: HMAC-SHA256 over id, timestamp and body, joined by dots. The
 * timestamp lets a receiver refuse what is replayed.
 */
public final class Signature {
  private static final String ALGORITHM = "HmacSHA256";

  private Signature() {}

  /**
   * The value of {@code webhook-signature}.
   *
   * @param timestamp seconds since 1970
   */
  public static String of(byte[] secret, String id, long timestamp, String body) {
    return of(secret, id, timestamp, body.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Whether one of the signatures of the header, which are separated by spaces, is this secret's.
   *
   * @param timestamp seconds since 1970, as signed
   */
  public static boolean matches(
      byte[] secret, String id, long timestamp, byte[] body, String header) {
    byte[] expected = of(secret, id, timestamp, body).getBytes(StandardCharsets.US_ASCII);
    boolean found = false;
    for (String sent : header.split(" ", -1)) {
      found |= MessageDigest.isEqual(expected, sent.getBytes(StandardCharsets.UTF_8));
    }
    return found;
  }

  private static String of(byte[] secret, String id, long timestamp, byte[] body) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }
}
