package io.r1platform.api.replies;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * The client's own name for a request, and what the request says.
 *
 * @param keySha256 of the {@code Idempotency-Key}, 64 hex digits
 * @param bodySha256 of the body, 64 hex digits
 */
public record SentKey(String keySha256, String bodySha256) {
  private static final String ATTRIBUTE = SentKey.class.getName();

  /** Reads all of {@code body} and leaves it as it is. */
  public static SentKey of(String key, ByteBuffer body) {
    return new SentKey(
        sha256(ByteBuffer.wrap(key.getBytes(StandardCharsets.US_ASCII))), sha256(body.duplicate()));
  }

  /** That of this request; null if it has none. */
  public static @Nullable SentKey of(ServerWebExchange exchange) {
    return exchange.getAttribute(ATTRIBUTE);
  }

  /** Leaves it with the request. */
  public void on(ServerWebExchange exchange) {
    exchange.getAttributes().put(ATTRIBUTE, this);
  }

  private static String sha256(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
