package io.r1platform.api.idempotency;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A request that its client may send again.
 *
 * @param projectId whose key it is: another key of the API's for the same project changes nothing
 * @param path what it was posted to
 * @param keySha256 of the client's key, 64 hex digits
 * @param bodySha256 of the body, 64 hex digits
 */
public record KeyedRequest(long projectId, String path, String keySha256, String bodySha256) {

  /** Name of the header with the client's key. */
  public static final String HEADER = "Idempotency-Key";

  private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,255}");

  /** The client's key; null if it sent none. Throws a 422 that names the header. */
  public static @Nullable String keyOf(HttpHeaders headers) {
    String key = headers.getFirst(HEADER);
    if (key != null && !VISIBLE.matcher(key).matches()) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          HEADER,
          "'Idempotency-Key' must be 1 to 255 visible ASCII characters. Nothing was charged.");
    }
    return key;
  }

  /** Reads all of {@code body} and leaves it as it is. */
  public static KeyedRequest of(long projectId, String path, String key, ByteBuffer body) {
    ByteBuffer name = ByteBuffer.wrap(key.getBytes(StandardCharsets.US_ASCII));
    return new KeyedRequest(
        projectId, path, hex(Hashes.sha256(name)), hex(Hashes.sha256(body.duplicate())));
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }
}
