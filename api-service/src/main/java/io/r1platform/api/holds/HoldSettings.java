package io.r1platform.api.holds;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How budgets are leased.
 *
 * @param sliceHolds how many holds of the present size one ask should bring; half of it triggers
 *     the next, in the background
 * @param askWait longest wait of a request that asks billing for room
 * @param maxWaiting most requests that wait so at once
 * @param denialFor how long a denial is remembered
 * @param syncEvery time between two heartbeats
 * @param silence without a heartbeat's answer for so long, nothing is admitted
 * @param idleAfter room that was not used for so long is given back
 * @param maxOrganizations most organizations that hold, wait or keep room at once; one more is
 *     refused with 503
 */
@ConfigurationProperties("r1.api.holds")
record HoldSettings(
    @DefaultValue("32") int sliceHolds,
    @DefaultValue("2s") Duration askWait,
    @DefaultValue("10000") int maxWaiting,
    @DefaultValue("1s") Duration denialFor,
    @DefaultValue("1s") Duration syncEvery,
    @DefaultValue("15s") Duration silence,
    @DefaultValue("30s") Duration idleAfter,
    @DefaultValue("100000") int maxOrganizations) {

  HoldSettings {
    if (sliceHolds < 1 || sliceHolds > 10_000 || maxWaiting < 1 || maxOrganizations < 1) {
      throw new IllegalArgumentException("r1.api.holds: a number is out of range");
    }
    if (!positive(askWait) || !positive(syncEvery) || !positive(idleAfter)) {
      throw new IllegalArgumentException("r1.api.holds: a time is not positive");
    }
    if (denialFor.isNegative() || silence.compareTo(syncEvery) <= 0) {
      throw new IllegalArgumentException("r1.api.holds: silence must be longer than sync-every");
    }
  }

  private static boolean positive(Duration duration) {
    return duration.toNanos() > 0;
  }
}
