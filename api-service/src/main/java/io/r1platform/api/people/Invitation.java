package io.r1platform.api.people;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who may come in once, and as what.
 *
 * @param email whoever comes must have it, verified
 */
public record Invitation(
    long id,
    Membership membership,
    String email,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant acceptedAt,
    @Nullable Instant revokedAt) {}
