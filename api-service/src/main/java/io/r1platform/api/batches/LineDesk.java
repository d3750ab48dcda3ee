package io.r1platform.api.batches;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.errors.ErrorBody;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.metering.JournalReports;
import io.r1platform.api.observability.Metric;
import io.r1platform.api.relay.LineRuns;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Lines that run in this process. A line leaves memory when its row says how it ended; what a row
 * says of a run that is in nobody's memory, the journal settles.
 */
@Component
class LineDesk {
  private static final Logger log = LoggerFactory.getLogger(LineDesk.class);
  private static final int CALLS = 4;
  private static final int STORE_TRIES = 300;
  private static final long STORE_PAUSE_NANOS = 1_000_000_000;
  private static final int KEEP_SECONDS = 5;

  /** The line waits until that is over. */
  private static final Set<ErrorCode> WAITS =
      EnumSet.of(
          ErrorCode.INSUFFICIENT_BALANCE,
          ErrorCode.BUDGET_EXCEEDED,
          ErrorCode.BUDGET_HELD,
          ErrorCode.KEY_REVOKED,
          ErrorCode.KEY_EXPIRED,
          ErrorCode.ORGANIZATION_SUSPENDED,
          ErrorCode.QUEUE_FULL,
          ErrorCode.RATE_LIMIT_EXCEEDED,
          ErrorCode.AUTH_UNAVAILABLE,
          ErrorCode.ENGINE_OVERLOADED,
          ErrorCode.ENGINE_UNAVAILABLE,
          ErrorCode.METERING_UNAVAILABLE,
          ErrorCode.SERVER_DRAINING,
          ErrorCode.QUEUE_TIMEOUT);

  private final Lines lines;
  private final LineRuns runs;
  private final JournalReports journal;
  private final ErrorBody errors;
  private final BatchSettings settings;
  private final MeterRegistry meters;
  private final Clock clock;
  private final Map<UUID, Running> running = new ConcurrentHashMap<>();
  private final Semaphore calls = new Semaphore(CALLS);
  private final Executor threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("batch-line-", 0).factory());

  /** A run of this process. */
  record Running(Batch batch, Lines.Claimed line) {}

  /** A run that has ended, and the storing of its answer before the charge. */
  private record Ran(Batch batch, Lines.Claimed line, String name, CompletableFuture<Void> kept) {
    byte[] reply(int status, byte[] body) {
      return OutputLine.answered(line.eventId(), name, status, body);
    }
  }

  /**
   * How a line's run ended, for its batch.
   *
   * @param waits why no other line is started at once; null if nothing speaks against it
   * @param done whether it has a result
   */
  record After(Batch batch, @Nullable ServiceException waits, boolean done) {}

  LineDesk(
      Lines lines,
      LineRuns runs,
      JournalReports journal,
      ErrorBody errors,
      BatchSettings settings,
      MeterRegistry meters,
      Clock clock) {
    this.lines = lines;
    this.runs = runs;
    this.journal = journal;
    this.errors = errors;
    this.settings = settings;
    this.meters = meters;
    this.clock = clock;
    meters.gauge(Metric.BATCH_LINES_RUNNING.id(), running, Map::size);
  }

  /** What runs here, by its run. */
  Map<UUID, Running> running() {
    return running;
  }

  /** Runs a claimed line; {@code then} is told when its row says how it ended. */
  void run(Batch batch, Caller caller, Lines.Claimed line, InputLine input, Consumer<After> then) {
    running.put(line.eventId(), new Running(batch, line));
    String name = input.customId(); // the body is not held while it runs
    var kept = new AtomicReference<CompletableFuture<Void>>(CompletableFuture.allOf());
    LineRuns.Keeper keeper =
        (eventId, status, body) -> {
          kept.set(CompletableFuture.runAsync(() -> keep(line, name, status, body), threads));
          return kept.get().copy().orTimeout(KEEP_SECONDS, TimeUnit.SECONDS);
        };
    var _ =
        runs.run(caller, batch.endpoint(), input.body(), line.eventId(), clock.instant(), keeper)
            .thenAcceptAsync(
                end -> then.accept(ended(new Ran(batch, line, name, kept.get()), end)), threads);
  }

  private void keep(Lines.Claimed line, String name, int status, byte[] body) {
    byte[] reply = OutputLine.answered(line.eventId(), name, status, body);
    stored(line, () -> lines.keep(line, status != 200, reply));
  }

  private After ended(Ran ran, LineRuns.End end) {
    Lines.Claimed line = ran.line;
    ServiceException waits = null;
    boolean done = true;
    try {
      switch (end) {
        case LineRuns.Answered(int status, byte[] body, String charged) -> {
          if (charged.equals("pending")) { // the journal will say; till then its answer is here
            ran.kept.handle((nothing, failure) -> failure == null).join();
          } else {
            finish(line, status != 200, ran.reply(status, body));
          }
        }
        case LineRuns.Refused(ServiceException why) when WAITS.contains(why.code()) -> {
          waits = why;
          done = false;
          giveBack(line, 0);
        }
        case LineRuns.Refused(ServiceException why) when isWorthATry(why, line) -> {
          waits = why;
          done = false;
          giveBack(line, 1);
        }
        case LineRuns.Refused(ServiceException why) -> {
          waits = why.code().retryable() ? why : null;
          byte[] body = errors.openAi(why, line.eventId());
          finish(line, true, ran.reply(why.code().httpStatus(), body));
        }
      }
    } finally {
      running.remove(line.eventId());
    }
    return new After(ran.batch, waits, done);
  }

  private boolean isWorthATry(ServiceException why, Lines.Claimed line) {
    return why.code().retryable() && line.failures() + 1 < settings.failures();
  }

  private void finish(Lines.Claimed line, boolean failed, byte[] reply) {
    stored(
        line,
        () -> lines.finish(line.batchId(), line.place().line(), line.eventId(), failed, reply));
    count(failed ? "failed" : "completed");
  }

  private void giveBack(Lines.Claimed line, int failures) {
    stored(
        line, () -> lines.giveBack(line.batchId(), line.place().line(), line.eventId(), failures));
    count("again");
  }

  /** Tries a write until it is done. What is not, the journal settles. */
  private void stored(Lines.Claimed line, BooleanSupplier write) {
    for (int left = STORE_TRIES; left > 0; left--) {
      calls.acquireUninterruptibly();
      try {
        if (!write.getAsBoolean()) {
          log.warn("request {}: its line has ended by now, or is another run's", line.eventId());
        }
        return;
      } catch (DataAccessException e) {
        log.warn(
            "request {}: its line is not stored, trying again: {}", line.eventId(), e.toString());
      } finally {
        calls.release();
      }
      LockSupport.parkNanos(STORE_PAUSE_NANOS);
    }
    log.error("request {}: its line could not be stored", line.eventId());
  }

  /**
   * Settles lines that run in nobody's memory. Under an epoch that is over no FINAL of its own can
   * come any more, so the journal has the last word; in this process' own one a FINAL may still be
   * on its way.
   */
  void recover(String me) {
    for (Lines.Left left : lines.left(me)) {
      boolean own = left.owner().equals(me);
      if (!own || !running.containsKey(left.eventId())) {
        settle(left, own);
      }
    }
  }

  private void settle(Lines.Left left, boolean own) {
    JournalReports.Entry entry = journal.find(left.eventId()).orElse(null);
    if (own && entry != null && entry.finishedAt() == null) {
      return;
    }
    boolean charged = entry != null && entry.finishedAt() != null && entry.tokens().output() > 0;
    boolean changed;
    if (!charged) {
      changed = lines.giveBack(left.batchId(), left.line(), left.eventId(), 0);
    } else if (left.kept()) {
      changed = lines.finishKept(left.batchId(), left.line(), left.eventId());
    } else {
      changed = lines.finishLost(left.batchId(), left.line(), left.eventId());
    }
    if (changed) {
      count(charged ? "recovered" : "again");
      log.info(
          "request {} of batch {}, left by {}: {}",
          left.eventId(),
          left.batchId(),
          left.owner(),
          charged ? "charged, so it has ended" : "not charged, so it runs again");
    }
  }

  /** Stops runs of a batch that have gone on for long enough. */
  void stop(Running run) {
    if (runs.stop(run.line.eventId(), run.batch.projectId())) {
      log.info("request {} of batch {} is stopped", run.line.eventId(), run.batch.id());
    }
  }

  private void count(String end) {
    meters.counter(Metric.BATCH_LINES.id(), "end", end).increment();
  }
}
