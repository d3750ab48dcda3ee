package io.r1platform.billing.exports;

import io.r1platform.billing.exports.Schedule.Run;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The files of schedules, for modules whose rows of a closed month change after all. */
@Component
public class ScheduledFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ScheduledFiles.class);

  private final ScheduleTable table;
  private final JobTable jobs;
  private final Clock clock;

  ScheduledFiles(ScheduleTable table, JobTable jobs, Clock clock) {
    this.table = table;
    this.jobs = jobs;
    this.clock = clock;
  }

  /**
   * Has files that were written for the last time written once more, when their months are closed
   * again. A last job that runs meanwhile may not have seen the change: it is ended. In the
   * transaction that changes the rows.
   *
   * @param datasets names of those that change
   * @param organization whose rows change
   * @param from begin of the first period that changes; so do those after it
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void writeAgain(List<String> datasets, long organization, Instant from) {
    for (Schedule schedule : table.lockOf(datasets, organization)) {
      if (!schedule.progress().hasFinal(from)) {
        continue;
      }
      Run run = schedule.progress().run();
      if (run != null && run.last()) {
        jobs.cancel(run.jobId());
      }
      Instant first = from.isBefore(schedule.beginsAt()) ? schedule.beginsAt() : from;
      LOG.info("Schedule {} of exports writes {} and later once more", schedule.id(), first);
      table.put(schedule.id(), schedule.progress().finalAgainFrom(first), clock.instant());
    }
  }
}
