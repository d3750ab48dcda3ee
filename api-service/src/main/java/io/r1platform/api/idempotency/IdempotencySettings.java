package io.r1platform.api.idempotency;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How requests with a key are kept.
 *
 * @param keyFile one or more secrets of 32 characters or more, a line each: the first encrypts what
 *     is stored, all of them decrypt. Every replica has the same. Read at the start
 * @param keepFor how long a key stands
 * @param projectRows most keys of a project that stand at once
 * @param projectBytes most bytes of a project's stored answers, compressed; when either is reached,
 *     a new key gets 429
 * @param countEvery how old the count of a project may be: a project passes its limits by what one
 *     replica takes in this time
 * @param calls most database calls at once
 * @param callWait longest wait for one of them, then 503
 * @param storeTries how often a second's pause is made before an answer that cannot be stored is
 *     given up
 */
@ConfigurationProperties("r1.api.idempotency")
record IdempotencySettings(
    Path keyFile,
    @DefaultValue("24h") Duration keepFor,
    @DefaultValue("100000") int projectRows,
    @DefaultValue("1GB") DataSize projectBytes,
    @DefaultValue("10s") Duration countEvery,
    @DefaultValue("6") int calls,
    @DefaultValue("2s") Duration callWait,
    @DefaultValue("300") int storeTries) {
  IdempotencySettings {
    if (keepFor.compareTo(Duration.ofHours(2)) < 0) {
      throw new IllegalArgumentException(
          "r1.api.idempotency.keep-for is at least 2h: longer than any request runs");
    }
    if (projectRows < 1 || calls < 1 || storeTries < 1) {
      throw new IllegalArgumentException(
          "r1.api.idempotency: project-rows, calls and store-tries are 1 or more");
    }
  }
}
