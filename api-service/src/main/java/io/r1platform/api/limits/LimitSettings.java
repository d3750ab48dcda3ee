package io.r1platform.api.limits;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits of whoever has none of its own, and how replicas share them.
 *
 * @param organization of each organization: 1,000 requests at once, else unlimited
 * @param project of each project: unlimited
 * @param key of each key: unlimited
 * @param syncEvery time between two looks at what is to be given back or asked for
 * @param idleAfter a slice that was not used for so long is given back
 * @param patience how long a request waits for places that another replica has and does not use
 * @param askWait longest wait for PostgreSQL
 * @param denialFor how long a denial is believed before it is asked again
 * @param maxWaiting most requests that wait so at once
 */
@ConfigurationProperties("r1.api.limits")
record LimitSettings(
    @DefaultValue OfOrganizations organization,
    @DefaultValue Terms project,
    @DefaultValue Terms key,
    @DefaultValue("200ms") Duration syncEvery,
    @DefaultValue("1s") Duration idleAfter,
    @DefaultValue("600ms") Duration patience,
    @DefaultValue("2s") Duration askWait,
    @DefaultValue("200ms") Duration denialFor,
    @DefaultValue("10000") int maxWaiting) {

  /**
   * Limits of an organization; 0 for none.
   *
   * @param requestsPerMinute as many may come at once after a minute of rest
   * @param tokensPerMinute the same of tokens
   * @param concurrency requests that have not ended
   * @param queueLength requests that the engine has not begun
   */
  record OfOrganizations(
      @DefaultValue("0") long requestsPerMinute,
      @DefaultValue("0") long tokensPerMinute,
      @DefaultValue("1000") long concurrency,
      @DefaultValue("0") long queueLength) {
    Terms terms() {
      return new Terms(
          limit(requestsPerMinute), limit(tokensPerMinute), limit(concurrency), limit(queueLength));
    }

    private static @Nullable Long limit(long most) {
      return most == 0 ? null : most;
    }
  }

  /** What a scope has of which nothing was set. */
  Terms of(LimitScope scope) {
    return switch (scope) {
      case ORGANIZATION -> organization.terms();
      case PROJECT -> project;
      case KEY -> key;
    };
  }

  LimitSettings {
    if (maxWaiting < 1 || syncEvery.toMillis() < 1 || idleAfter.compareTo(syncEvery) < 0) {
      throw new IllegalArgumentException("r1.api.limits: idle-after must not be below sync-every");
    }
    if (patience.isNegative() || denialFor.isNegative() || askWait.compareTo(patience) <= 0) {
      throw new IllegalArgumentException("r1.api.limits: ask-wait must be longer than patience");
    }
  }
}
