package io.r1platform.api.tenants;

import java.time.Instant;

/**
 * An organization as others see it; {@code version} counts its edits.
 *
 * @param weight tokens it gets from a contended engine for each token of weight 1: 1 to 100
 */
public record OrganizationView(long id, String name, int weight, long version, Instant createdAt) {}
