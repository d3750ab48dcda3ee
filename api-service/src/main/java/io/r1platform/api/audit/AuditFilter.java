package io.r1platform.api.audit;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of the trail are asked for; null asks for all.
 *
 * @param organizations rows of these only, none of the site's
 */
public record AuditFilter(
    @Nullable Collection<Long> organizations,
    @Nullable String actor,
    @Nullable String action,
    @Nullable String objectKind,
    @Nullable String objectId) {}
