package io.r1platform.api.requests;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.observability.Metric;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Takes rows from wherever requests end, and writes them in batches a moment later. */
@Component
public class RequestLog {
  private static final Logger log = LoggerFactory.getLogger(RequestLog.class);
  private static final int MOST_ROWS = 1_000;

  private final RequestLogSettings settings;
  private final RequestLogTable table;
  private final Clock clock;
  private final BlockingQueue<LoggedRequest> queue;
  private final Counter dropped;
  private final List<LoggedRequest> batch = new ArrayList<>();
  private int failed;

  RequestLog(
      RequestLogSettings settings, RequestLogTable table, MeterRegistry meters, Clock clock) {
    this.settings = settings;
    this.table = table;
    this.clock = clock;
    this.queue = new ArrayBlockingQueue<>(settings.queue());
    this.dropped = meters.counter(Metric.REQUEST_LOG_DROPPED.id());
  }

  /** Queues a row; never waits. A full queue drops it. */
  public void add(LoggedRequest request) {
    if (!queue.offer(request)) {
      dropped.increment();
    }
  }

  /** Those of the requests that were logged and are still kept. Blocks. */
  public Map<UUID, LoggedRequest> find(Collection<UUID> ids) {
    return ids.isEmpty() ? Map.of() : table.find(ids);
  }

  /**
   * The median of the output tokens of a project's newest 1,000 requests that have any; empty if
   * there is none since {@code since}. Blocks.
   */
  public Optional<Integer> medianOutput(long projectId, Instant since) {
    return table.medianOutput(projectId, since);
  }

  /** Writes what waits. A batch that fails waits for the next time, then it is dropped. */
  @Scheduled(fixedDelayString = "${r1.api.requests.write-every:500ms}")
  synchronized void write() {
    while (!batch.isEmpty() || queue.drainTo(batch, MOST_ROWS) > 0) {
      try {
        table.insert(batch);
        batch.clear();
        failed = 0;
      } catch (DataAccessException e) {
        failed++;
        if (failed == 1) {
          log.warn("the request log cannot be written: {}", e.toString());
        } else {
          dropped.increment(batch.size());
          batch.clear();
          failed = 0;
        }
        return;
      }
    }
  }

  /** What waits is written when the service stops, with its second try. */
  @PreDestroy
  void stop() {
    write();
    write();
  }

  /** Makes the next days' partitions and drops those that are too old. */
  @Scheduled(fixedRateString = "1h")
  void turn() {
    try {
      table.makePartitions(clock.instant());
      int gone = table.dropBefore(clock.instant().minus(Duration.ofDays(settings.keepDays())));
      if (gone > 0) {
        log.info("{} days of the request log are over", gone);
      }
    } catch (DataAccessException e) {
      log.warn("the request log's days could not be turned: {}", e.toString());
    }
  }
}
