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

/** The memory for answers that may be asked for again, of all requests with a key together. */
@Component
final class KeptBytes {
  private static final int SHARE_OF_HEAP = 8;

  /** What repeats read is a part of its own, so that they take no room from what runs. */
  private static final int SHARE_OF_STORED = 4;

  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong stored = new AtomicLong();
  private final Counter unkept;
  private final long mostOfOne;
  private final long most;

  KeptBytes(RelaySettings settings, MeterRegistry meters) {
    this.mostOfOne = settings.answerLimit().toBytes();
    DataSize limit = settings.answersLimit();
    this.most = limit == null ? Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP : limit.toBytes();
    this.unkept = meters.counter(Metric.ANSWERS_UNKEPT.id());
    meters.gauge(Metric.ANSWERS_BYTES.id(), bytes);
  }

  /** Fails with 503 engine_overloaded while there is no room for another answer. */
  void checkRoom() {
    if (bytes.get() >= most) {
      throw full();
    }
  }

  /**
   * Takes room for more of an answer.
   *
   * @param size the answer's, with {@code more}
   * @return false if it is, or all together are, too large
   */
  boolean reserve(int more, long size) {
    if (size <= mostOfOne && bytes.addAndGet(more) <= most) {
      return true;
    }
    if (size <= mostOfOne) {
      bytes.addAndGet(-more);
    }
    unkept.increment();
    return false;
  }

  /** Takes room for an answer that is there already; 503 engine_overloaded if there is none. */
  void reserveStored(int size) {
    if (stored.addAndGet(size) > most / SHARE_OF_STORED) {
      stored.addAndGet(-size);
      throw full();
    }
  }

  void releaseStored(int size) {
    stored.addAndGet(-size);
  }

  void release(long reserved) {
    bytes.addAndGet(-reserved);
  }

  private static ServiceException full() {
    return ServiceException.later(
        ErrorCode.ENGINE_OVERLOADED,
        Duration.ofSeconds(1),
        "Too many answers are kept for requests with a key. Nothing was charged. Send it again.");
  }
}
