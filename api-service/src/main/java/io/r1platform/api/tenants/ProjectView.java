package io.r1platform.api.tenants;

import java.time.Instant;

/** A project as others see it; {@code version} counts its edits. */
public record ProjectView(
    long id, long organizationId, String name, long version, Instant createdAt) {}
