package io.r1platform.api.relay;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.observability.Metric;
import io.r1platform.api.upstreams.Doubt;
import io.r1platform.api.upstreams.Standing;
import io.r1platform.api.upstreams.Upstream;
import java.time.Clock;
import java.util.Locale;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Says of each attempt how its server did: to its breaker, to the metrics and to the log. */
@Component
final class Judgement {
  private static final Logger log = LoggerFactory.getLogger(Judgement.class);

  private final MeterRegistry registry;
  private final Clock clock;

  Judgement(MeterRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  void judge(Attempt attempt, UUID requestId, Attempt.Verdict verdict) {
    Upstream server = attempt.route().upstream();
    Standing standing = server.standing();
    Doubt doubt = attempt.doubt();
    String why = doubt != null ? "usage_" + doubt.wire() : attempt.trouble();
    var problem = new Standing.Problem(clock.instant(), why, requestId);
    switch (verdict) {
      case OK -> standing.succeeded();
      case RELEASED -> standing.released();
      case FAILED -> standing.failed(problem);
    }
    if (doubt != null) {
      log.warn(
          "request {}: the usage of {} is in doubt: {}", requestId, server.name(), doubt.wire());
      registry
          .counter(
              Metric.UPSTREAM_USAGE_FLAGGED.id(), "upstream", server.name(), "why", doubt.wire())
          .increment();
    }
    if (doubt != null && verdict != Attempt.Verdict.FAILED) {
      standing.note(problem);
    }
    registry
        .counter(
            Metric.UPSTREAM_ATTEMPTS.id(),
            "upstream",
            server.name(),
            "outcome",
            verdict.name().toLowerCase(Locale.ROOT))
        .increment();
  }
}
