package io.r1platform.billing.exports;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.exports.Schedule.Due;
import io.r1platform.billing.exports.Schedule.Progress;
import io.r1platform.billing.exports.Schedule.Run;
import io.r1platform.billing.observability.BillingMetric;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes the jobs of schedules, one at a time for each. Any instance may: whoever looks at a
 * schedule holds its row, and the job is made in the same transaction. What was missed is made up,
 * the oldest first.
 */
@Component
class Schedules {
  private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);

  /** What was admitted until then is mostly known then. */
  private static final Duration SETTLING = Duration.ofMinutes(5);

  /** A gateway that says nothing is waited for no longer: the files are written again. */
  private static final Duration PATIENCE = Duration.ofHours(1);

  private static final Duration WHILE_IT_RUNS = Duration.ofSeconds(30);
  private static final Duration WHILE_IT_SETTLES = Duration.ofMinutes(1);
  private static final Duration WHILE_NOT_CLOSED = Duration.ofMinutes(10);
  private static final Duration EARLIEST_BEGIN = Duration.ofDays(400);
  private static final int MOST_LOOKS = 1_000;
  private static final int MOST_ERROR = 1_000;

  private final ScheduleTable table;
  private final JobTable jobTable;
  private final Jobs jobs;
  private final RetiredDays retired;
  private final Datasets datasets;
  private final Targets targets;
  private final ExportSettings settings;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final AtomicLong late = new AtomicLong();

  Schedules(
      ScheduleTable table,
      JobTable jobTable,
      Jobs jobs,
      RetiredDays retired,
      Datasets datasets,
      Targets targets,
      ExportSettings settings,
      TransactionTemplate transaction,
      MeterRegistry meters,
      Clock clock) {
    this.table = table;
    this.jobTable = jobTable;
    this.jobs = jobs;
    this.retired = retired;
    this.datasets = datasets;
    this.targets = targets;
    this.settings = settings;
    this.transaction = transaction;
    this.clock = clock;
    meters.gauge(BillingMetric.EXPORT_SCHEDULES_LATE.meterName(), late);
  }

  /**
   * The schedule of this command, made now if it is new.
   *
   * @throws ServiceException {@code invalid_request} for what cannot be, {@code command_conflict}
   */
  Schedule order(ScheduleTable.Order order) {
    targets.require(order.target());
    Instant now = clock.instant();
    Instant from = order.scope().from();
    if (from.isAfter(now) || from.isBefore(now.minus(EARLIEST_BEGIN))) {
      throw ServiceException.invalidRequest(
          "'from' is not in the future and at most %d days ago."
              .formatted(EARLIEST_BEGIN.toDays()));
    }
    return Objects.requireNonNull(transaction.execute(status -> made(order, now)));
  }

  /**
   * Fails where files of such a period would not have all their rows.
   *
   * @throws ServiceException {@code invalid_request}
   */
  static void requirePeriod(Dataset dataset, Period period, Rhythm rhythm) {
    if (!period.holds(dataset.leastPeriod())) {
      throw ServiceException.invalidRequest(
          "'period' of %s is %s or longer."
              .formatted(dataset.name(), dataset.leastPeriod().wireName()));
    }
    if (!period.holds(rhythm.tick())) {
      throw ServiceException.invalidRequest("'rhythm' is not slower than 'period'.");
    }
  }

  private Schedule made(ScheduleTable.Order order, Instant now) {
    table.lock();
    Optional<Schedule> known = table.byCommand(order.commandId());
    if (known.isPresent()) {
      return sameAs(order, known.get());
    }
    table
        .rival(order)
        .ifPresent(
            id -> {
              throw ServiceException.invalidRequest("Schedule %d writes there.".formatted(id));
            });
    if (table.count() >= settings.schedules()) {
      throw ServiceException.invalidRequest(
          "There are %d schedules; close one.".formatted(settings.schedules()));
    }
    if (retired.has(order.scope())) {
      throw ServiceException.invalidRequest(
          "'from' is of a period whose records have left the database; begin later.");
    }
    return table.make(order, now);
  }

  private static Schedule sameAs(ScheduleTable.Order order, Schedule made) {
    Scope scope = order.scope();
    boolean same =
        made.dataset().equals(scope.dataset().name())
            && made.format() == order.format()
            && made.columns().equals(scope.selected())
            && Objects.equals(made.organizationId(), scope.organizationId())
            && made.target().equals(order.target())
            && made.period() == order.period()
            && made.rhythm() == order.rhythm();
    if (!same) {
      throw ServiceException.commandConflict(order.commandId().toString());
    }
    return made;
  }

  /**
   * Makes no further jobs; one that runs goes on.
   *
   * @throws ServiceException {@code already_decided} if it is not active
   */
  void pause(long id) {
    change(id, Schedule.Status.ACTIVE, Schedule.Status.PAUSED);
  }

  /**
   * Makes jobs again, also those that were missed; a job that failed is tried at once.
   *
   * @throws ServiceException {@code already_decided} if it is closed
   */
  void resume(long id) {
    transaction.executeWithoutResult(
        status -> {
          Schedule schedule = table.locked(id).orElseThrow();
          if (schedule.status() == Schedule.Status.CLOSED) {
            throw ServiceException.alreadyDecided("closed", "somebody");
          }
          table.status(id, Schedule.Status.ACTIVE);
          Progress p = schedule.progress();
          Instant now = clock.instant();
          var progress =
              new Progress(
                  p.nextFrom(),
                  p.writtenAt(),
                  p.finalFrom(),
                  p.run(),
                  p.failures(),
                  p.retryAt() == null ? null : now,
                  p.error(),
                  p.doneAt());
          table.put(id, progress, now);
        });
  }

  /**
   * Ends it for good, and the job that runs. Files stay.
   *
   * @throws ServiceException {@code already_decided} if it is closed
   */
  void close(long id) {
    transaction.executeWithoutResult(
        status -> {
          Schedule schedule = table.locked(id).orElseThrow();
          if (schedule.status() == Schedule.Status.CLOSED) {
            throw ServiceException.alreadyDecided("closed", "somebody");
          }
          table.status(id, Schedule.Status.CLOSED);
          Run run = schedule.progress().run();
          if (run != null) {
            jobTable.cancel(run.jobId());
          }
        });
  }

  private void change(long id, Schedule.Status from, Schedule.Status to) {
    transaction.executeWithoutResult(
        status -> {
          Schedule schedule = table.locked(id).orElseThrow();
          if (schedule.status() != from) {
            throw ServiceException.alreadyDecided(schedule.status().wireName(), "somebody");
          }
          table.status(id, to);
        });
  }

  /** Looks at every schedule where there may be something to do. */
  @Scheduled(fixedDelayString = "PT30S", initialDelayString = "PT20S")
  void look() {
    try {
      int looks = 0;
      while (looks < MOST_LOOKS && lookAtOne()) {
        looks++;
      }
      late.set(table.late(clock.instant()));
    } catch (DataAccessException | TransactionException e) {
      LOG.warn("Schedules of exports are looked at again in half a minute", e);
    }
  }

  private boolean lookAtOne() {
    Instant now = clock.instant();
    try {
      return Boolean.TRUE.equals(
          transaction.execute(
              status -> {
                Optional<Schedule> claimed = table.claim(now);
                claimed.ifPresent(schedule -> attempt(schedule, now));
                return claimed.isPresent();
              }));
    } catch (PutOff e) {
      LOG.error("Schedule {} of exports cannot go on: {}", e.id, e.getMessage());
      transaction.executeWithoutResult(
          status -> table.putOff(e.id, told(e.getMessage()), now.plus(WHILE_NOT_CLOSED)));
      return true;
    }
  }

  /** What its order asks for is not there any more: others come first. */
  private static final class PutOff extends RuntimeException {
    private final long id;

    PutOff(long id, ServiceException why) {
      super(why.getMessage(), why);
      this.id = id;
    }
  }

  private void attempt(Schedule schedule, Instant now) {
    try {
      goOn(schedule, now);
    } catch (ServiceException e) {
      throw new PutOff(schedule.id(), e);
    }
  }

  private void goOn(Schedule schedule, Instant now) {
    Run run = schedule.progress().run();
    if (run == null) {
      begin(schedule, now);
      return;
    }
    Job job = jobTable.find(run.jobId()).orElseThrow();
    switch (job.status()) {
      case WAITING, RUNNING ->
          table.put(schedule.id(), schedule.progress().runningAgain(), now.plus(WHILE_IT_RUNS));
      case DONE -> begin(schedule.with(schedule.past(schedule.of(run), job.finishedAt())), now);
      case CANCELLED -> begin(schedule.with(schedule.past(schedule.of(run), null)), now);
      case FAILED -> afterFailure(schedule, run, job, now);
    }
  }

  private void afterFailure(Schedule schedule, Run run, Job job, Instant now) {
    Progress progress = schedule.progress();
    Instant retry = progress.retryAt();
    if (retry == null) {
      progress = progress.failed(told(job.error()), now);
      table.put(schedule.id(), progress, Objects.requireNonNull(progress.retryAt()));
    } else if (now.isBefore(retry)) {
      table.put(schedule.id(), progress, retry);
    } else if (retired.has(scope(schedule, schedule.of(run)))) {
      LOG.error(
          "Schedule {} of exports gives up {} to {}, whose records have left the database since"
              + " export {} failed: what is in its place may be old or without a manifest",
          schedule.id(),
          job.from(),
          job.to(),
          job.id());
      begin(schedule.with(schedule.past(schedule.of(run), null)), now);
    } else {
      jobs.resume(job);
      table.put(schedule.id(), progress.runningAgain(), now.plus(WHILE_IT_RUNS));
    }
  }

  /** Makes the next job, if one is due. */
  private void begin(Schedule schedule, Instant now) {
    Schedule at = schedule;
    Instant ready = ready(now);
    for (Optional<Due> due = next(at, ready, now); due.isPresent(); due = next(at, ready, now)) {
      Scope scope = scope(at, due.get());
      if (!retired.has(scope)) {
        Job job = jobs.order(order(at, due.get(), scope));
        table.put(
            at.id(),
            at.progress().running(new Run(job.id(), due.get().as(), due.get().last())),
            now.plus(WHILE_IT_RUNS));
        return;
      }
      LOG.warn(
          "Schedule {} of exports leaves {} to {} as it is: records have left the database",
          at.id(),
          scope.from(),
          scope.to());
      at = at.with(at.past(due.get(), null));
    }
    table.put(
        at.id(), at.progress(), at.nextLook(now, SETTLING, WHILE_IT_SETTLES, WHILE_NOT_CLOSED));
  }

  private Optional<Due> next(Schedule schedule, Instant ready, Instant now) {
    return schedule
        .due(ready)
        .or(() -> schedule.dueOnceMore(now).filter(due -> isKnown(schedule, due)));
  }

  /** Whether its month is closed and nothing is left that could yet change a row of it. */
  private boolean isKnown(Schedule schedule, Due due) {
    Long organizationId = schedule.organizationId();
    Instant through = table.completeThrough();
    return (through == null || !through.isBefore(Period.MONTH.end(month(due))))
        && table.isClosed(organizationId, month(due))
        && !table.hasHeld(organizationId, due.from(), due.to())
        && !(scope(schedule, due).has(UsageRecordsDataset.LOG_INDEX)
            && table.waitsForTheLog(organizationId, due.from(), due.to()));
  }

  private static Instant month(Due due) {
    return Period.MONTH.begin(due.from());
  }

  private Scope scope(Schedule schedule, Due due) {
    return Scope.of(
            datasets.named(schedule.dataset()), due.from(), due.to(), schedule.organizationId())
        .selecting(schedule.columns());
  }

  private static JobTable.Order order(Schedule schedule, Due due, Scope scope) {
    String what = "schedule %d %s %s %s".formatted(schedule.id(), due.from(), due.as(), due.last());
    return new JobTable.Order(
        UUID.nameUUIDFromBytes(what.getBytes(StandardCharsets.UTF_8)),
        scope,
        schedule.format(),
        schedule.target(),
        true,
        "schedule " + schedule.id(),
        schedule.id());
  }

  /** Until when usage is known, or waited for no longer. */
  private Instant ready(Instant now) {
    Instant through = table.completeThrough();
    Instant settled = now.minus(SETTLING);
    Instant given = now.minus(PATIENCE);
    Instant known = through == null || through.isAfter(settled) ? settled : through;
    return known.isBefore(given) ? given : known;
  }

  private static String told(@Nullable String why) {
    String said = why == null || why.isBlank() ? "failed" : why;
    return said.substring(0, Math.min(MOST_ERROR, said.length()));
  }
}
