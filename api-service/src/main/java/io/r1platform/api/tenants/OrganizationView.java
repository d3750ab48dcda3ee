package io.r1platform.api.tenants;

import java.time.Instant;

/** An organization as others see it; {@code version} counts its edits. */
public record OrganizationView(long id, String name, long version, Instant createdAt) {}
