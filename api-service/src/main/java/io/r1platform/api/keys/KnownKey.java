package io.r1platform.api.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What is known of a public id: a key, or that there is none. */
sealed interface KnownKey {
  enum Absent implements KnownKey {
    ABSENT
  }

  record Present(
      Caller caller, String secretSha256Hex, @Nullable Instant expiresAt, boolean revoked)
      implements KnownKey {
    boolean opensWith(Secret secret) {
      String presented = HexFormat.of().formatHex(secret.sha256());
      return MessageDigest.isEqual(
          secretSha256Hex.getBytes(StandardCharsets.US_ASCII),
          presented.getBytes(StandardCharsets.US_ASCII));
    }

    boolean expiredBy(Instant now) {
      return expiresAt != null && !now.isBefore(expiresAt);
    }
  }
}
