package io.r1platform.api.requests;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the request log is kept.
 *
 * @param keepDays days that stay, at least 2
 * @param queue most rows that wait to be written; more are dropped
 * @param writeEvery pause between two writes
 */
@ConfigurationProperties("r1.api.requests")
record RequestLogSettings(
    @DefaultValue("30") int keepDays,
    @DefaultValue("10000") int queue,
    @DefaultValue("500ms") Duration writeEvery) {
  RequestLogSettings {
    if (keepDays < 2 || queue < 1 || queue > 100_000) {
      throw new IllegalArgumentException("keep-days is 2 or more, queue 1 to 100000");
    }
  }
}
