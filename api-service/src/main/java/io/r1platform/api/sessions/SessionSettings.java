package io.r1platform.api.sessions;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code r1.api.sessions.*}.
 *
 * @param idleLimit a session without a request for this long is dead
 * @param lifetime a session dies this long after its login, used or not
 * @param sweepInterval how often dead rows are removed
 * @param anonymousLimit sessions without a login that a sweep leaves, the newest
 */
@ConfigurationProperties("r1.api.sessions")
record SessionSettings(
    @DefaultValue("30m") Duration idleLimit,
    @DefaultValue("12h") Duration lifetime,
    @DefaultValue("1m") Duration sweepInterval,
    @DefaultValue("10000") int anonymousLimit) {
  SessionSettings {
    if (!idleLimit.isPositive() || !lifetime.isPositive() || !sweepInterval.isPositive()) {
      throw new IllegalArgumentException("r1.api.sessions: durations are above 0");
    }
  }
}
