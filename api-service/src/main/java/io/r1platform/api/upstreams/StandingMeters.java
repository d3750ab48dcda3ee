package io.r1platform.api.upstreams;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.observability.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** The meters of servers that come and go. */
@Component
final class StandingMeters {
  private final MeterRegistry registry;
  private final Map<String, List<Meter>> meters = new ConcurrentHashMap<>();

  StandingMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  Standing follow(String upstream, Standing standing) {
    var all = new ArrayList<Meter>();
    all.add(gauge(Metric.UPSTREAM_OUTSTANDING, upstream, standing));
    all.add(gauge(Metric.UPSTREAM_BREAKER, upstream, standing));
    all.add(gauge(Metric.UPSTREAM_HEALTHY, upstream, standing));
    for (Doubt doubt : Doubt.values()) {
      all.add(flagged(upstream, doubt)); // so that a rise from nothing is seen
    }
    meters.put(upstream, List.copyOf(all));
    return standing;
  }

  /** How often this was wrong with the usage of a server. */
  Counter flagged(String upstream, Doubt doubt) {
    String id = Metric.UPSTREAM_USAGE_FLAGGED.id();
    return registry.counter(id, "upstream", upstream, "why", doubt.wire());
  }

  void remove(String upstream) {
    List<Meter> gone = meters.remove(upstream);
    if (gone != null) {
      gone.forEach(registry::remove);
    }
  }

  private Meter gauge(Metric metric, String upstream, Standing standing) {
    return Gauge.builder(metric.id(), standing, each -> value(metric, each))
        .tag("upstream", upstream)
        .register(registry);
  }

  private static double value(Metric metric, Standing standing) {
    return switch (metric) {
      case UPSTREAM_OUTSTANDING -> standing.outstanding();
      case UPSTREAM_HEALTHY -> standing.isHealthy() ? 1 : 0;
      default ->
          switch (standing.breaker()) {
            case "closed" -> 0;
            case "half_open" -> 1;
            default -> 2;
          };
    };
  }
}
