package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.exports.Schedule.Progress;
import io.r1platform.billing.exports.Schedule.Run;
import io.r1platform.billing.pages.ListPage;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Schedules of exports. An order names a command and is done once. */
@RestController
@RequestMapping("/internal/v1/export-schedules")
class ScheduleController {
  /** {@code from}: a day, or a whole hour; null: the period that runs. */
  record Order(
      @Nullable UUID commandId,
      @Nullable String actor,
      @Nullable String dataset,
      @Nullable String organizationId,
      @Nullable String format,
      @Nullable List<String> columns,
      @Nullable String target,
      @Nullable String period,
      @Nullable String rhythm,
      @Nullable String from) {}

  /**
   * A schedule.
   *
   * @param writtenUntil all before has been written since it ended
   * @param writtenAsOf as of when the period from then on is written; null: not at all
   * @param closedUntil all before has been written since its month closed
   * @param exportId the job that writes now; null: none
   * @param failures how often it failed
   * @param retryAt when it is tried again; null: it has not failed
   */
  record View(
      String scheduleId,
      @Nullable String organizationId,
      String dataset,
      String format,
      List<String> columns,
      String target,
      String period,
      String rhythm,
      String from,
      String status,
      String writtenUntil,
      @Nullable String writtenAsOf,
      String closedUntil,
      @Nullable String exportId,
      int failures,
      @Nullable String retryAt,
      @Nullable String error,
      @Nullable String doneAt,
      String madeBy,
      String madeAt) {
    static View of(Schedule schedule) {
      Progress progress = schedule.progress();
      Run run = progress.run();
      return new View(
          Long.toString(schedule.id()),
          text(schedule.organizationId()),
          schedule.dataset(),
          schedule.format().extension(),
          schedule.columns(),
          schedule.target(),
          schedule.period().wireName(),
          schedule.rhythm().wireName(),
          schedule.beginsAt().toString(),
          schedule.status().wireName(),
          progress.nextFrom().toString(),
          text(progress.writtenAt()),
          progress.finalFrom().toString(),
          run == null ? null : Long.toString(run.jobId()),
          progress.failures(),
          text(progress.retryAt()),
          progress.error(),
          text(progress.doneAt()),
          schedule.madeBy(),
          schedule.madeAt().toString());
    }

    private static @Nullable String text(@Nullable Object value) {
      return value == null ? null : value.toString();
    }
  }

  record Page(List<View> schedules, @Nullable String next) {}

  private final Schedules schedules;
  private final ScheduleTable table;
  private final Datasets datasets;
  private final Clock clock;

  ScheduleController(Schedules schedules, ScheduleTable table, Datasets datasets, Clock clock) {
    this.schedules = schedules;
    this.table = table;
    this.datasets = datasets;
    this.clock = clock;
  }

  @PostMapping
  View order(@RequestBody Order body) {
    if (body.commandId == null || body.actor == null || body.actor.isBlank()) {
      throw ServiceException.invalidRequest("'command_id' and 'actor' are needed.");
    }
    if (body.target == null) {
      throw ServiceException.invalidRequest("'target' is needed.");
    }
    Period period = Period.named(body.period == null ? "" : body.period);
    Rhythm rhythm = Rhythm.named(body.rhythm == null ? "" : body.rhythm);
    Instant moment = body.from == null ? clock.instant() : JobController.moment("from", body.from);
    Instant from = period.begin(moment);
    if (body.from != null && !from.equals(moment)) {
      throw ServiceException.invalidRequest(
          "'from' is the begin of a %s.".formatted(period.wireName()));
    }
    Dataset dataset = datasets.named(body.dataset == null ? "" : body.dataset);
    Schedules.requirePeriod(dataset, period, rhythm);
    Scope scope =
        Scope.of(
                dataset,
                from,
                period.end(from),
                JobController.id("organization_id", body.organizationId))
            .selecting(body.columns == null ? List.of() : body.columns);
    return View.of(
        schedules.order(
            new ScheduleTable.Order(
                body.commandId,
                scope,
                FileFormat.named(body.format == null ? "csv" : body.format),
                body.target,
                period,
                rhythm,
                JobController.shortened(body.actor))));
  }

  /** Newest first. */
  @GetMapping
  Page list(
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId,
      ListPage page) {
    List<View> found = table.list(organizationId, page).stream().map(View::of).toList();
    return new Page(page.of(found), page.next(found, View::scheduleId));
  }

  @GetMapping("/{id}")
  View get(@PathVariable long id) {
    return View.of(find(id));
  }

  @PostMapping("/{id}/pause")
  View pause(@PathVariable long id) {
    find(id);
    schedules.pause(id);
    return View.of(find(id));
  }

  @PostMapping("/{id}/resume")
  View resume(@PathVariable long id) {
    find(id);
    schedules.resume(id);
    return View.of(find(id));
  }

  @PostMapping("/{id}/close")
  View close(@PathVariable long id) {
    find(id);
    schedules.close(id);
    return View.of(find(id));
  }

  private Schedule find(long id) {
    return table.find(id).orElseThrow(() -> ServiceException.notFound("This schedule"));
  }
}
