package io.r1platform.inference;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Looks into the running service; found by its component scan, in tests only. */
@RestController
final class Probe {
  private final MeterRegistry meters;

  Probe(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Requests that the engine has taken: waiting, running and ended. */
  long taken() {
    double ended =
        meters.find("r1.engine.finished").counters().stream().mapToDouble(Counter::count).sum();
    return (long)
        (meters.get("r1.engine.requests.running").gauge().value()
            + meters.get("r1.engine.requests.waiting").gauge().value()
            + ended);
  }

  /** Whether a model runs something or has ended something. */
  boolean tookSomething(String model) {
    var running = meters.find("r1.engine.requests.running").tag("model", model).gauge();
    return (running != null && running.value() > 0)
        || !meters.find("r1.engine.finished").tag("model", model).counters().isEmpty();
  }

  @GetMapping("/probe/thread")
  boolean onAVirtualThread() {
    return Thread.currentThread().isVirtual();
  }
}
