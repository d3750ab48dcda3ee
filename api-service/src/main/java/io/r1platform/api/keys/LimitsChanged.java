package io.r1platform.api.keys;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The limits of one scope have changed, here or on another replica; without a scope, any may have.
 * Published before a change counts as known, by the thread that follows the changes: a listener
 * that throws is told again, and keys are refused until it was told.
 *
 * @param scope organization, project or key; null for all
 * @param scopeId the scope's id
 * @param over the connection that the change was read over, to read what it says: waiting for one
 *     of the pool would have keys refused; good until the listener returns
 */
public record LimitsChanged(@Nullable String scope, long scopeId, JdbcClient over) {
  /** Whatever is known of limits may be old. */
  static LimitsChanged all(JdbcClient over) {
    return new LimitsChanged(null, 0, over);
  }
}
