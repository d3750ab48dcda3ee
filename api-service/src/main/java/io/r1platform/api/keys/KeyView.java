package io.r1platform.api.keys;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An API key as others see it, without the secret.
 *
 * @param publicId the 8 characters after {@code sk-r1-}
 * @param lastFour the last characters of the key, to recognise it by
 * @param old its secret before the last rotation, also when that has expired; null if none
 * @param lastUsedAt late by up to the flush interval; null if never used
 * @param version counts edits; uses are none
 */
public record KeyView(
    long id,
    long projectId,
    String name,
    String publicId,
    String lastFour,
    Rights rights,
    @Nullable OldSecret old,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Instant lastUsedAt,
    long version) {

  /**
   * A secret that was replaced.
   *
   * @param lastFour its last characters
   * @param until from when on it is no good
   */
  public record OldSecret(String lastFour, Instant until) {}
}
