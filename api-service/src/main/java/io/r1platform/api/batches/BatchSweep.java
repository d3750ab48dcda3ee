package io.r1platform.api.batches;

import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Removes batches that ended long ago, and lines that a server which died has left behind. */
@Component
final class BatchSweep {
  private static final Logger log = LoggerFactory.getLogger(BatchSweep.class);

  private final BatchTable batches;
  private final Lines lines;
  private final BatchSettings settings;
  private final Clock clock;

  BatchSweep(BatchTable batches, Lines lines, BatchSettings settings, Clock clock) {
    this.batches = batches;
    this.lines = lines;
    this.settings = settings;
    this.clock = clock;
  }

  /** Removes them, some at a time. */
  @Scheduled(fixedDelayString = "1h", initialDelayString = "5m")
  void sweep() {
    try {
      lines.ofEnded().forEach(lines::forget);
      while (batches.removeSome(clock.instant().minus(settings.keepFor()))) {
        log.debug("more batches are old");
      }
    } catch (DataAccessException e) {
      log.warn("old batches could not be removed: {}", e.toString());
    }
  }
}
