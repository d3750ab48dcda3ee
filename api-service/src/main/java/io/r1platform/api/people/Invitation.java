package io.r1platform.api.people;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who may come in once, and as what.
 *
 * @param email whoever comes must have it, verified
 * @param invitedBy address of who invited; null for a machine, or where it is not known
 */
public record Invitation(
    long id,
    Membership membership,
    String email,
    @Nullable String invitedBy,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant acceptedAt,
    @Nullable Instant revokedAt) {

  /** Counts its changes: 0 while it is open, 1 when somebody came by it or it was taken back. */
  public long version() {
    return acceptedAt == null && revokedAt == null ? 0 : 1;
  }
}
