package io.r1platform.api.relay;

import io.r1platform.api.keys.Caller;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Who asks, as the engine's queue knows it: it learns no id.
 *
 * @param organization shares a contended engine by weight
 * @param project shares equally within its organization
 * @param weight 1 to 100
 */
record Asker(String organization, String project, int weight) {
  static Asker of(Caller caller) {
    return new Asker(
        opaque("tenant:" + caller.organizationId()),
        opaque("project:" + caller.projectId()),
        caller.weight());
  }

  private static String opaque(String name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
