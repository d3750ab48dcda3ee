package io.r1platform.api.relay;

import io.r1platform.api.keys.Caller;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, as the engine's queue knows it: it learns no id.
 *
 * @param organization shares a contended engine by weight
 * @param project shares equally within its organization
 * @param weight 1 to 100
 * @param user one of the organization's users whose computed prompts no other's may share; null:
 *     they are the whole organization's
 */
record Asker(String organization, String project, int weight, @Nullable String user) {
  static Asker of(Caller caller, @Nullable String userId) {
    String organization = opaque("tenant:" + caller.organizationId());
    return new Asker(
        organization,
        opaque("project:" + caller.projectId()),
        caller.weight(),
        userId == null ? null : opaque("user:" + organization + ":" + userId));
  }

  /** What may share computed prompts. */
  String cacheScope() {
    return user == null ? organization : organization + ":" + user;
  }

  private static String opaque(String name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
