package io.r1platform.api.tenants;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A project as others see it.
 *
 * @param models names of the models that its keys may use; null for all
 * @param version counts its edits
 */
public record ProjectView(
    long id,
    long organizationId,
    String name,
    @Nullable Set<String> models,
    long version,
    Instant createdAt) {}
