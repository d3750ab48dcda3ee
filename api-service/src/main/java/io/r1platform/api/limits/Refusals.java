package io.r1platform.api.limits;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.observability.Metric;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Says which limit refused a request: to its client, in the metrics, now and then in the log. */
@Component
class Refusals {
  private static final Logger log = LoggerFactory.getLogger(Refusals.class);
  private static final long BETWEEN_LINES_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MOST_KNOWN = 10_000;

  private final MeterRegistry meters;
  private final Map<Limit.On, Long> loggedAt = new ConcurrentHashMap<>();

  Refusals(MeterRegistry meters) {
    this.meters = meters;
  }

  ServiceException of(Caller caller, Bucket by, Duration wait) {
    Limit.On on = by.on;
    meters
        .counter(Metric.LIMIT_REFUSALS.id(), "kind", on.kind().wire(), "scope", on.scope().wire())
        .increment();
    log(caller, by);
    boolean ofModel = on.modelId() != LimitSet.ALL_MODELS;
    long seconds = Math.max(1, (wait.toMillis() + 999) / 1_000);
    Map<String, @Nullable Object> limit = new LinkedHashMap<>();
    limit.put("kind", on.kind().wire());
    limit.put("scope", on.scope().wire());
    limit.put("limit", by.most());
    limit.put("of_model", ofModel);
    return ServiceException.detailed(
        on.kind().refusal(),
        on.scope().wire(),
        Duration.ofSeconds(seconds),
        "This %s may have %s%s, and has them. Nothing was charged. Send it again in %d s."
            .formatted(
                on.scope().wire(),
                on.kind().words(by.most()),
                ofModel ? " of this model" : "",
                seconds),
        Map.of("limit", limit));
  }

  ServiceException unavailable() {
    meters
        .counter(Metric.LIMIT_REFUSALS.id(), "kind", "unavailable", "scope", "unavailable")
        .increment();
    return ServiceException.later(
        ErrorCode.METERING_UNAVAILABLE,
        Duration.ofSeconds(2),
        "The limits of this key cannot be checked now, so the request was not served. Nothing was"
            + " charged. Send it again.");
  }

  /** A line a minute for each limit. */
  private void log(Caller caller, Bucket by) {
    long now = System.nanoTime();
    Long last = loggedAt.get(by.on);
    if (last != null && now - last < BETWEEN_LINES_NANOS) {
      return;
    }
    if (loggedAt.size() >= MOST_KNOWN) {
      loggedAt.clear();
    }
    loggedAt.put(by.on, now);
    log.info(
        "limit reached: organization={} project={} key={} scope={} kind={} model_id={} limit={}",
        caller.organizationId(),
        caller.projectId(),
        caller.keyId(),
        by.on.scope().wire(),
        by.on.kind().wire(),
        by.on.modelId(),
        by.most());
  }
}
