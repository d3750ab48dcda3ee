package io.r1platform.api.tenants;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An organization as others see it; {@code version} counts its edits.
 *
 * @param weight tokens it gets from a contended engine for each token of weight 1: 1 to 100
 * @param suspendedAt since when it begins nothing new; null if it may
 * @param suspendedBecause what its people are told; null if it is not suspended
 */
public record OrganizationView(
    long id,
    String name,
    int weight,
    @Nullable Instant suspendedAt,
    @Nullable String suspendedBecause,
    long version,
    Instant createdAt) {}
