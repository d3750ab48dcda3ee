package io.r1platform.api.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of a public id: a key, or that there is none. */
sealed interface KnownKey {
  enum Absent implements KnownKey {
    ABSENT
  }

  /**
   * A key.
   *
   * @param current what opens it until the key expires
   * @param old what opened it before the last rotation, with the end of its grace; null if none
   */
  record Present(Caller caller, Rights rights, Known current, @Nullable Known old, boolean revoked)
      implements KnownKey {

    /** That of its secrets which is presented; empty if it is none of them. */
    Optional<Known> opened(Secret secret) {
      if (current.is(secret)) {
        return Optional.of(current);
      }
      return Optional.ofNullable(old).filter(known -> known.is(secret));
    }
  }

  /**
   * A secret.
   *
   * @param until from when on it is no good; null for never
   */
  record Known(String sha256Hex, @Nullable Instant until) {
    boolean is(Secret secret) {
      String presented = HexFormat.of().formatHex(secret.sha256());
      return MessageDigest.isEqual(
          sha256Hex.getBytes(StandardCharsets.US_ASCII),
          presented.getBytes(StandardCharsets.US_ASCII));
    }

    boolean expiredBy(Instant now) {
      return until != null && !now.isBefore(until);
    }
  }
}
