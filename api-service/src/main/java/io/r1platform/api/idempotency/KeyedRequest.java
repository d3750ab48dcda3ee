package io.r1platform.api.idempotency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A request that its client may send again.
 *
 * @param projectId whose key it is: another key of the API's for the same project changes nothing
 * @param path what it was posted to
 * @param keySha256 of the client's key, 64 hex digits
 * @param bodySha256 of the body, 64 hex digits
 */
public record KeyedRequest(long projectId, String path, String keySha256, String bodySha256) {

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
