package io.r1platform.inference;

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

  /** Requests in the engine, running or waiting. */
  long submitted() {
    return (long)
        (meters.get("r1.engine.requests.running").gauge().value()
            + meters.get("r1.engine.requests.waiting").gauge().value());
  }

  @GetMapping("/probe/thread")
  boolean onAVirtualThread() {
    return Thread.currentThread().isVirtual();
  }
}
