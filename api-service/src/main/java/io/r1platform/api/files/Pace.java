package io.r1platform.api.files;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a transfer must keep up with, so that nobody holds its place by trickling: after a grace,
 * its bytes must have come at a least rate on average.
 */
final class Pace {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Duration grace;
  private final long bytesPerSecond;
  private final long begun = System.nanoTime();
  private final AtomicLong bytes = new AtomicLong();

  /** From now on, at so many bytes in a second. */
  Pace(Duration grace, DataSize perSecond) {
    this.grace = grace;
    this.bytesPerSecond = perSecond.toBytes();
  }

  /** The longest that so many bytes may take. */
  Duration longest(long of) {
    return grace.plusMillis(of * 1_000 / bytesPerSecond);
  }

  void moved(int more) {
    bytes.addAndGet(more);
  }

  /** Completes when it has fallen behind. */
  Mono<Void> fellBehind() {
    return Flux.interval(LOOK)
        .onBackpressureDrop()
        .filter(tick -> System.nanoTime() - begun > longest(bytes.get()).toNanos())
        .next()
        .then();
  }
}
