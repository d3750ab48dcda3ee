package io.r1platform.api.keys;

import org.jspecify.annotations.Nullable;

/**
 * The limits of one scope have changed, here or on another replica; without a scope, any may have.
 * Published before a change counts as known, by the thread that follows the changes: a listener
 * that throws is told again, and keys are refused until it was told.
 *
 * @param scope organization, project or key; null for all
 * @param scopeId the scope's id
 */
public record LimitsChanged(@Nullable String scope, long scopeId) {
  /** Whatever is known of limits may be old. */
  static final LimitsChanged ALL = new LimitsChanged(null, 0);
}
