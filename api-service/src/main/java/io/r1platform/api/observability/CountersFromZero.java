package io.r1platform.api.observability;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Shows counters that alarm before they first count: a rise from nothing is none to Prometheus. */
@Component
final class CountersFromZero {
  CountersFromZero(MeterRegistry meters) {
    meters.counter(Metric.LEASE_SYNCS.id(), "heard", "true");
    meters.counter(Metric.LEASE_SYNCS.id(), "heard", "false");
    meters.counter(Metric.LEASE_ASKS.id(), "outcome", "away");
    meters.counter(Metric.HOLD_REFUSALS.id(), "scope", "unavailable");
  }
}
