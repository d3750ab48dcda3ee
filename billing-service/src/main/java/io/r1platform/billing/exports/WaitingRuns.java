package io.r1platform.billing.exports;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The runs of this process. One whose job is cancelled, by whichever process, or taken by another
 * waits no longer for its first row than a second, and none does once the process stops.
 */
@Component
class WaitingRuns {
  private static final Logger LOG = LoggerFactory.getLogger(WaitingRuns.class);

  private final JdbcClient jdbc;
  private final Map<UUID, FirstRowWait> waits = new ConcurrentHashMap<>();
  private volatile boolean stopped;

  WaitingRuns(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Once the table has it. */
  FirstRowWait begin(UUID run) {
    var wait = new FirstRowWait();
    waits.put(run, wait);
    if (stopped) { // after it is there: else it and the stop could miss each other
      wait.end();
    }
    return wait;
  }

  void ended(UUID run) {
    waits.remove(run);
  }

  @Scheduled(fixedDelayString = "PT1S", initialDelayString = "PT1S")
  void look() {
    List<UUID> runs = List.copyOf(waits.keySet());
    if (runs.isEmpty()) {
      return;
    }
    try {
      Set<UUID> going = going(runs);
      for (UUID run : runs) {
        FirstRowWait wait = waits.get(run);
        if (wait != null && !going.contains(run)) {
          wait.end();
        }
      }
    } catch (DataAccessException | TransactionException e) {
      LOG.warn("Whether exports were cancelled is looked at again in a second", e);
    }
  }

  private Set<UUID> going(List<UUID> runs) {
    return jdbc.sql("select run_id from export_job where run_id = any(?) and status = 'running'")
        .param(runs.toArray(UUID[]::new))
        .query(UUID.class)
        .set();
  }

  void start() {
    stopped = false;
  }

  /** Ends all waits, and those that begin until {@link #start()}. */
  void stop() {
    stopped = true;
    for (FirstRowWait wait : waits.values()) { // one takes seconds where PostgreSQL is not there
      Thread.ofVirtual().name("export-stop").start(wait::end);
    }
  }

  boolean isStopped() {
    return stopped;
  }
}
