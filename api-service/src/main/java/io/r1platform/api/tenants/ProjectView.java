package io.r1platform.api.tenants;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A project as others see it.
 *
 * @param models names of the models that its keys may use; null for all
 * @param contentDays how long its prompts and answers are stored, 1 to 90 days; null for not at all
 * @param version counts its edits
 */
public record ProjectView(
    long id,
    long organizationId,
    String name,
    @Nullable Set<String> models,
    @Nullable Integer contentDays,
    long version,
    Instant createdAt) {}
