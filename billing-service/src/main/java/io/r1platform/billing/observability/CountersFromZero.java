package io.r1platform.billing.observability;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Shows counters that alarm before they first count: a rise from nothing is none to Prometheus. */
@Component
final class CountersFromZero {
  private final MeterRegistry meters;

  CountersFromZero(MeterRegistry meters) {
    this.meters = meters;
    show(BillingMetric.UNLEASED, "cause", "MISSING", "OVERRUN", "NONE");
    show(BillingMetric.EXPORT_JOBS, "result", "DONE", "FAILED", "RETRY");
    show(BillingMetric.BUDGET_JOBS_FAILED, "job", "HOURS", "INCREASES", "RECALLS", "OLD");
    show(BillingMetric.ALERTS, "result", "DELIVERED", "RETRY", "GIVEN_UP");
    show(BillingMetric.BUNDLES, "result", "MADE", "FAILED");
    show(BillingMetric.USAGE_ROOTLESS, "why", "LOG", "LINES");
    show(BillingMetric.ADJUSTMENTS, "kind", "FAILED");
    meters.counter(
        BillingMetric.PAYMENT_EVENTS.meterName(), "provider", "test", "result", "REFUSED");
  }

  private void show(BillingMetric metric, String tag, String... values) {
    for (String value : values) {
      meters.counter(metric.meterName(), tag, value);
    }
  }
}
