package io.r1platform.api.relay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.observability.Metric;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * The memory for request bodies, of all requests together: no caller can fill the heap, whatever
 * many requests it sends. A body counts from its first byte until the engine has it.
 */
@Component
final class Bodies {
  private static final int SHARE_OF_HEAP = 4;

  private final AtomicLong bytes = new AtomicLong();
  private final Counter refused;
  private final int mostOfOne;
  private final long most;

  Bodies(RelaySettings settings, MeterRegistry meters) {
    this.mostOfOne = Math.toIntExact(settings.bodyLimit().toBytes());
    DataSize limit = settings.bodiesLimit();
    this.most =
        limit == null
            ? Math.max(mostOfOne, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP)
            : limit.toBytes();
    this.refused = meters.counter(Metric.BODIES_REFUSED.id());
    meters.gauge(Metric.BODIES_BYTES.id(), bytes);
  }

  /**
   * A body that is about to come.
   *
   * @param announced its length as the client says it, below 0 if it does not
   */
  RequestBody open(long announced) {
    return new RequestBody(this, mostOfOne, announced);
  }

  /** Takes room. Fails with 503 engine_overloaded if there is none. */
  void reserve(int more) {
    if (bytes.addAndGet(more) > most) {
      bytes.addAndGet(-more);
      refused.increment();
      throw ServiceException.later(
          ErrorCode.ENGINE_OVERLOADED,
          Duration.ofSeconds(1),
          "Too many requests are being read at once. Nothing was charged. Send it again.");
    }
  }

  void release(int reserved) {
    bytes.addAndGet(-reserved);
  }
}
