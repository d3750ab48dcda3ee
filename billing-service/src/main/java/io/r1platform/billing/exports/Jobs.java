package io.r1platform.billing.exports;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.AfterCommit;
import io.r1platform.billing.observability.BillingMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs export jobs, so many at once. One whose process dies is run again by another after half a
 * minute: parts whose rows are still the same are kept.
 */
@Component
class Jobs implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
  private static final int MOST_LOST = 20;
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final int MISSED_HEARTBEATS = 6;
  private static final Duration STOP_WAIT = Duration.ofSeconds(5);
  private static final Duration POLLING = Duration.ofSeconds(2);
  private static final Duration WHILE_BUSY = Duration.ofSeconds(10);
  private static final Duration DRAFTS_KEPT = Duration.ofDays(1);
  private static final Duration DRAFTS_LOOKED_FOR = Duration.ofDays(14);
  private static final FixedDelay CLEANING = FixedDelay.ofMinutes(1);
  private static final FixedDelay FORGETTING = FixedDelay.ofHours(1);
  private static final Duration KNOWN = Duration.ofDays(90);
  private static final int MOST_KNOWN = 10_000;

  /** Rows that come late change an open period's parts while they are written. */
  private static final int TRIES = 5;

  /** It was cancelled, or another process has it: nothing more is to be written. */
  private static final class Stopped extends IOException {
    Stopped() {
      super("stopped");
    }
  }

  private final JobTable table;
  private final RetiredDays retired;
  private final Datasets datasets;
  private final ExportWriter writer;
  private final WaitingRuns waiting;
  private final Targets targets;
  private final ExportSettings settings;
  private final DataSource database;
  private final TransactionTemplate transaction;
  private final MeterRegistry meters;
  private final Clock clock;

  /** How often each job that runs again lost its connection. */
  private final Map<Long, Integer> lost = new ConcurrentHashMap<>();

  private final OneTimeTask<Void> export;
  private final Executor scheduling =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("export-scheduling").factory());
  private @Nullable Scheduler scheduler;

  Jobs(
      JobTable table,
      RetiredDays retired,
      Datasets datasets,
      ExportWriter writer,
      WaitingRuns waiting,
      Targets targets,
      ExportSettings settings,
      DataSource database,
      TransactionTemplate transaction,
      MeterRegistry meters,
      Clock clock) {
    this.table = table;
    this.retired = retired;
    this.datasets = datasets;
    this.writer = writer;
    this.waiting = waiting;
    this.targets = targets;
    this.settings = settings;
    this.database = database;
    this.transaction = transaction;
    this.meters = meters;
    this.clock = clock;
    this.export =
        Tasks.oneTime("export")
            .onFailure((complete, operations) -> operations.reschedule(complete, soon()))
            .execute((instance, context) -> runWhileItWaits(Long.parseLong(instance.getId())));
  }

  /**
   * Makes the job of this command and has it run.
   *
   * @throws ServiceException {@code too_many_exports}, {@code command_conflict}, {@code
   *     invalid_request} for a target that there is not, {@code already_decided} if the target may
   *     have records that the database has no more
   */
  Job order(JobTable.Order order) {
    if (order.target() != null) {
      targets.require(order.target());
    }
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              if (order.target() != null
                  && retired.has(order.scope())
                  && table.byCommand(order.commandId()).isEmpty()) {
                throw ServiceException.recordsLeft();
              }
              Job job = table.make(order, most(order.scope().projectId() != null));
              scheduleAfterCommit(job.id());
              return job;
            }));
  }

  /**
   * Ends one that waits or runs. What is in place stays there for a resumption.
   *
   * @throws ServiceException {@code already_decided} if it has ended
   */
  void cancel(long id) {
    if (!table.cancel(id)) {
      throw ServiceException.alreadyDecided("ended", "itself");
    }
  }

  /**
   * Runs a failed or cancelled one again.
   *
   * @throws ServiceException {@code already_decided} if it neither failed nor was cancelled, its
   *     files are gone, or the target may have records that the database has no more; {@code
   *     too_many_exports}
   */
  void resume(Job job) {
    long id = job.id();
    transaction.executeWithoutResult(
        status -> {
          if (!table.resume(job, most(job.projectId() != null))) {
            throw ServiceException.alreadyDecided("finished, or its files removed,", "its end");
          }
          if (overwritesMore(job)) {
            throw ServiceException.recordsLeft();
          }
          scheduleAfterCommit(id);
        });
  }

  /** Whether files in its place may have records that the database has no more. */
  private boolean overwritesMore(Job job) {
    return job.target() != null && retired.has(job.scope(datasets));
  }

  private int most(boolean ofProject) {
    return ofProject ? settings.perOrganizationKeys() : settings.perOrganization();
  }

  /** A file of a finished job that waits for download. */
  Optional<Path> file(Job job, String name) {
    boolean known =
        job.status() == Job.Status.DONE
            && job.target() == null
            && !job.filesGone()
            && (name.equals(Manifest.NAME)
                || table.parts(job.id()).values().stream()
                    .anyMatch(part -> part.file().equals(name)));
    Path file = targets.kept(job.place()).resolve(name);
    return known && Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  /**
   * Not in a dry run, which is rolled back; on another thread, as this one still has the
   * transaction's connection.
   */
  private void scheduleAfterCommit(long id) {
    AfterCommit.say(() -> scheduling.execute(() -> scheduleOrLeave(id)));
  }

  private void scheduleOrLeave(long id) {
    try {
      schedule(id);
    } catch (RuntimeException e) { // the thread's root
      LOG.warn("Export {} is not scheduled; the next cleaning does that", id, e);
    }
  }

  private synchronized void schedule(long id) {
    Scheduler running = scheduler;
    if (running != null) { // else whoever starts next finds it
      running.scheduleIfNotExists(export.instance(Long.toString(id)), clock.instant());
    }
  }

  /** One that is resumed while its last run still ends has no task of its own. */
  private void runWhileItWaits(long id) {
    do {
      run(id);
    } while (table.isWaiting(id));
  }

  private void run(long id) {
    UUID run = UUID.randomUUID();
    try {
      if (!table.begin(id, run)) {
        return;
      }
    } catch (DuplicateKeyException e) {
      LOG.info("Export {} waits for another to the same place", id);
      throw e; // tried again in a while
    }
    Job job = table.find(id).orElseThrow();
    long begun = clock.millis();
    try {
      Manifest manifest = write(job, run);
      if (table.done(id, run, manifest)) {
        count("DONE");
        LOG.info(
            "Export {} of {} done: {} rows in {} parts, {} ms",
            id,
            job.dataset(),
            manifest.rows(),
            manifest.parts().size(),
            clock.millis() - begun);
      }
    } catch (FirstRowWait.Ended e) {
      if (waiting.isStopped()) {
        throw goesOn(id, e);
      }
      LOG.info("Export {} stopped before its first row", id);
    } catch (Stopped e) {
      LOG.info("Export {} stopped", id);
    } catch (IOException | RuntimeException e) {
      if (e instanceof RuntimeException failure && passes(failure) && !isLostTooOften(id, e)) {
        LOG.info("Export {} is tried again: {}", id, e.getMessage());
        throw failure;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw goesOn(id, e);
      }
      String why = reason(e);
      if (table.failed(id, run, why)) {
        count(job.scheduleId() == null ? "FAILED" : "RETRY");
        LOG.warn("Export {} of {} failed: {}", id, job.dataset(), why, e);
      }
    }
    lost.remove(id);
  }

  /** What loses its connection each time it is tried must not be tried for ever. */
  private boolean isLostTooOften(long id, Exception e) {
    return e instanceof DataAccessResourceFailureException
        && lost.merge(id, 1, Integer::sum) >= MOST_LOST;
  }

  private static IllegalStateException goesOn(long id, Exception e) {
    LOG.info("Export {} goes on when the service is back", id);
    return new IllegalStateException(e);
  }

  /** Another writes to that place, or the database is not there for a while. */
  private static boolean passes(RuntimeException e) {
    return e instanceof PessimisticLockingFailureException
        || e instanceof DataAccessResourceFailureException
        || e instanceof RecoverableDataAccessException
        || e instanceof TransactionException;
  }

  private static String reason(Exception e) {
    if (e instanceof IOException || e instanceof ServiceException) {
      String said = e.getMessage();
      return said == null || said.isBlank() ? e.toString() : said;
    }
    return e instanceof DataAccessException // the statement is nobody's but ours
        ? NestedExceptionUtils.getMostSpecificCause(e).toString()
        : e.toString();
  }

  private Manifest write(Job job, UUID run) throws IOException {
    FirstRowWait wait = waiting.begin(run);
    try {
      return write(job, run, wait);
    } finally {
      waiting.ended(run);
    }
  }

  private Manifest write(Job job, UUID run, FirstRowWait wait) throws IOException {
    Scope scope = job.scope(datasets);
    for (int tries = 1; ; tries++) {
      Map<Integer, Part> kept = table.parts(job.id());
      try {
        return targets.use(
            job.target(),
            job.place(),
            target -> writer.write(scope, job.format(), target, watch(job, run, wait, kept)));
      } catch (ExportWriter.RowsChanged e) {
        if (tries == TRIES) {
          throw e;
        }
        LOG.info("Export {} begins anew: {}", job.id(), e.getMessage());
        table.forgetParts(job.id());
      }
    }
  }

  private ExportWriter.Progress watch(
      Job job, UUID run, FirstRowWait wait, Map<Integer, Part> kept) {
    return new ExportWriter.Progress() {
      @Override
      public FirstRowWait firstRow() {
        return wait;
      }

      /** Asked beside the snapshot, which may be older than a day's end. */
      @Override
      public void reads() throws IOException {
        if (overwritesMore(job)) {
          throw new IOException(
              "Records of these days have left the database; what is in the target stays.");
        }
      }

      @Override
      public void rows(long rows) throws IOException {
        if (!table.progress(job.id(), run, rows)) {
          throw new Stopped();
        }
      }

      @Override
      public void done(Part part) throws IOException {
        if (!table.put(job.id(), run, part)) {
          throw new Stopped();
        }
      }

      @Override
      public Optional<Part> kept(int no) {
        return Optional.ofNullable(kept.get(no));
      }
    };
  }

  private void count(String how) {
    meters.counter(BillingMetric.EXPORT_JOBS.meterName(), "result", how).increment();
  }

  /** Ended jobs are known for 90 days, and 10,000 of an organization, or of one of its projects. */
  void forget() {
    int forgotten = table.forget(clock.instant().minus(KNOWN), MOST_KNOWN);
    if (forgotten > 0) {
      LOG.info("{} ended exports are forgotten", forgotten);
    }
  }

  /**
   * Takes files away that waited for download long enough or are too many, and drafts that are
   * nobody's; finds jobs that nobody runs.
   */
  void clean() {
    table.unfinished().forEach(this::schedule);
    Instant now = clock.instant();
    for (Job job : table.old(now.minus(settings.keep()), settings.keptPerOrganization())) {
      try {
        delete(targets.kept(job.place()));
        table.forgetParts(job.id());
        table.filesGone(job.id());
      } catch (IOException e) {
        LOG.warn("Files of export {} stay", job.id(), e);
      }
    }
    for (Path drafts : targets.drafts(table.places(now.minus(DRAFTS_LOOKED_FOR)))) {
      try {
        deleteDrafts(drafts);
      } catch (IOException e) {
        LOG.warn("Old drafts in {} stay", drafts, e);
      }
    }
  }

  /** Those of processes that died: nobody takes a day for a part. */
  private static void deleteDrafts(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> found;
    try (var drafts = Files.newDirectoryStream(directory, ExportWriter.DRAFTS + "*")) {
      found = StreamSupport.stream(drafts.spliterator(), false).toList();
    }
    if (found.isEmpty()) {
      return;
    }
    Path probe = Files.createTempFile(directory, "r1-now-", ""); // the disk's clock, not ours
    Instant before = Files.getLastModifiedTime(probe).toInstant().minus(DRAFTS_KEPT);
    Files.delete(probe);
    for (Path drafts : found) {
      if (Files.isDirectory(drafts, LinkOption.NOFOLLOW_LINKS) // else its job has just ended
          && Files.getLastModifiedTime(drafts).toInstant().isBefore(before)) {
        delete(drafts);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> found = Files.walk(directory)) {
      for (Path path : found.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  @Override
  public synchronized void start() {
    RecurringTask<Void> cleaning =
        Tasks.recurring("export-cleaning", CLEANING).execute((instance, context) -> clean());
    RecurringTask<Void> forgetting =
        Tasks.recurring("export-forgetting", FORGETTING).execute((instance, context) -> forget());
    Scheduler started =
        Scheduler.create(database, export)
            .startTasks(cleaning, forgetting)
            .tableName("export_task")
            .threads(settings.concurrent())
            .pollingInterval(POLLING)
            .heartbeatInterval(HEARTBEAT)
            .missedHeartbeatsLimit(MISSED_HEARTBEATS)
            .enableImmediateExecution()
            .clock(clock::instant)
            .shutdownMaxWait(STOP_WAIT)
            .build();
    waiting.start();
    started.start();
    scheduler = started;
  }

  private Instant soon() {
    return clock.instant().plus(WHILE_BUSY);
  }

  @Override
  public synchronized void stop() {
    Scheduler running = scheduler;
    if (running != null) {
      waiting.stop();
      running.stop();
      scheduler = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return scheduler != null;
  }
}
