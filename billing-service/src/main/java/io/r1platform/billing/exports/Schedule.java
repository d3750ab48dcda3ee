package io.r1platform.billing.exports;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Files that are written again and again: of the period that runs in a rhythm and when it ends, and
 * of each period once more when its month is closed and all its usage is known.
 *
 * @param organizationId null: all
 * @param columns empty: all
 * @param beginsAt begin of the first period
 */
record Schedule(
    long id,
    @Nullable Long organizationId,
    String dataset,
    FileFormat format,
    List<String> columns,
    String target,
    Period period,
    Rhythm rhythm,
    Instant beginsAt,
    Status status,
    String madeBy,
    Instant madeAt,
    Progress progress) {
  /** Late usage of a month comes until then, also where no invoice waits for it. */
  static final Duration GRACE = Duration.ofDays(1);

  private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(6);
  private static final int MOST_DOUBLINGS = 9;

  enum Status {
    ACTIVE,
    PAUSED,
    CLOSED;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How far it is.
   *
   * @param nextFrom begin of the oldest period that was not written since it ended
   * @param writtenAt the moment as of which that period is written; null: not at all
   * @param finalFrom begin of the oldest period that was not written since its month closed
   * @param run what is written now; null: nothing
   * @param failures how often the run failed
   * @param retryAt when the run, which failed, is tried again; null: it has not failed
   * @param error of the last failure; null once a run is done
   * @param doneAt when the last run was done
   */
  record Progress(
      Instant nextFrom,
      @Nullable Instant writtenAt,
      Instant finalFrom,
      @Nullable Run run,
      int failures,
      @Nullable Instant retryAt,
      @Nullable String error,
      @Nullable Instant doneAt) {

    Progress running(Run started) {
      return new Progress(nextFrom, writtenAt, finalFrom, started, 0, null, error, doneAt);
    }

    /** Its job runs, whoever had it run. */
    Progress runningAgain() {
      return new Progress(nextFrom, writtenAt, finalFrom, run, failures, null, error, doneAt);
    }

    /** Whether that period, or a later one, was written for the last time or is being. */
    boolean hasFinal(Instant from) {
      return finalFrom.isAfter(from) || (finalFrom.equals(from) && run != null && run.last);
    }

    /** What was written for the last time since then, or is being, is written once more. */
    Progress finalAgainFrom(Instant first) {
      return run != null && run.last
          ? new Progress(nextFrom, writtenAt, first, null, 0, null, error, doneAt)
          : new Progress(nextFrom, writtenAt, first, run, failures, retryAt, error, doneAt);
    }

    Progress failed(String why, Instant now) {
      int doublings = Math.min(failures, MOST_DOUBLINGS);
      Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
      Duration bounded = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
      return new Progress(
          nextFrom, writtenAt, finalFrom, run, failures + 1, now.plus(bounded), why, doneAt);
    }
  }

  /**
   * A job of it.
   *
   * @param due the moment as of which it writes
   * @param last whether its month is closed
   */
  record Run(long jobId, Instant due, boolean last) {}

  /** What is to be written: a period, as of a moment. */
  record Due(Instant from, Instant to, Instant as, boolean last) {}

  Schedule {
    columns = List.copyOf(columns);
  }

  Schedule with(Progress other) {
    return new Schedule(
        id,
        organizationId,
        dataset,
        format,
        columns,
        target,
        period,
        rhythm,
        beginsAt,
        status,
        madeBy,
        madeAt,
        other);
  }

  /**
   * The period that is to be written by its rhythm; one that ended comes before the next.
   *
   * @param ready until when usage is known
   */
  Optional<Due> due(Instant ready) {
    if (rhythm == Rhythm.AFTER_CLOSE) {
      return Optional.empty();
    }
    Instant from = progress.nextFrom;
    Instant written = progress.writtenAt;
    Instant end = period.end(from);
    Instant as = end.isAfter(ready) ? rhythm.tick().begin(ready) : end;
    return as.isAfter(from) && (written == null || as.isAfter(written))
        ? Optional.of(new Due(from, end, as, false))
        : Optional.empty();
  }

  /** The oldest period to write once more, if its month is closed and all of it is known. */
  Optional<Due> dueOnceMore(Instant now) {
    Instant from = progress.finalFrom;
    boolean written = rhythm == Rhythm.AFTER_CLOSE || from.isBefore(progress.nextFrom);
    return written && !now.isBefore(graceEnd())
        ? Optional.of(new Due(from, period.end(from), now, true))
        : Optional.empty();
  }

  /**
   * When to look again after nothing was due.
   *
   * @param settling how long after a moment it is written as of it
   * @param soon what a look waits at least
   * @param close the same, of one for a month's close
   */
  Instant nextLook(Instant now, Duration settling, Duration soon, Duration close) {
    Instant more = later(now.plus(close), graceEnd());
    if (rhythm == Rhythm.AFTER_CLOSE) {
      return more;
    }
    Instant once = later(now.plus(soon), nextTick().plus(settling));
    return once.isBefore(more) ? once : more;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isBefore(other) ? other : one;
  }

  private Instant nextTick() {
    Instant written = progress.writtenAt;
    return rhythm.tick().end(written == null ? progress.nextFrom : written);
  }

  private Instant graceEnd() {
    return Period.MONTH.end(Period.MONTH.begin(progress.finalFrom)).plus(GRACE);
  }

  /** With that period behind it: written, or left out. */
  Progress past(Due due, @Nullable Instant done) {
    Progress p = progress;
    Instant doneAt = done == null ? p.doneAt : done;
    if (due.last) {
      return new Progress(p.nextFrom, p.writtenAt, due.to, null, 0, null, null, doneAt);
    }
    boolean ended = due.as.equals(due.to);
    return new Progress(
        ended ? due.to : p.nextFrom,
        ended ? null : due.as,
        p.finalFrom,
        null,
        0,
        null,
        null,
        doneAt);
  }

  /** What the run writes. */
  Due of(Run run) {
    Instant from = run.last ? progress.finalFrom : progress.nextFrom;
    return new Due(from, period.end(from), run.due, run.last);
  }
}
