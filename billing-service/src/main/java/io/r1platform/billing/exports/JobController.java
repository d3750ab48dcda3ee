package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Export jobs. An order names a command and is done once; its scope is of whole hours. */
@RestController
@RequestMapping("/internal/v1/export-jobs")
class JobController {
  private static final int MOST_ACTOR = 200;

  /** {@code from}, {@code to}: days, or moments of whole hours; {@code columns}: null for all. */
  record Order(
      @Nullable UUID commandId,
      @Nullable String actor,
      @Nullable String dataset,
      @Nullable String organizationId,
      @Nullable String projectId,
      @Nullable String from,
      @Nullable String to,
      @Nullable String format,
      @Nullable List<String> columns,
      @Nullable String target,
      @Nullable Boolean byOperator) {}

  /** A job; {@code manifest} once it is done. */
  record View(
      String exportId,
      @Nullable String organizationId,
      @Nullable String projectId,
      String dataset,
      String format,
      List<String> columns,
      String from,
      String to,
      @Nullable String target,
      String status,
      String rowsRead,
      @Nullable String error,
      @Nullable JsonNode manifest,
      boolean downloadable,
      String requestedBy,
      String createdAt,
      @Nullable String finishedAt,
      @Nullable String scheduleId) {}

  record Page(List<View> exports, @Nullable String next) {}

  /** What can be ordered, and for which targets. */
  record Options(List<DatasetView> datasets, List<String> formats, List<String> targets) {}

  /**
   * A dataset.
   *
   * @param wholeDays its scopes begin and end at midnight UTC
   * @param shortestPeriod of a schedule: hour, day or month
   */
  record DatasetView(String name, boolean wholeDays, String shortestPeriod, List<Column> columns) {}

  private final Jobs jobs;
  private final JobTable table;
  private final Datasets datasets;
  private final Targets targets;
  private final JsonMapper json;

  JobController(Jobs jobs, JobTable table, Datasets datasets, Targets targets, JsonMapper json) {
    this.jobs = jobs;
    this.table = table;
    this.datasets = datasets;
    this.targets = targets;
    this.json = json;
  }

  @PostMapping
  View order(@RequestBody Order body) {
    if (body.commandId == null || body.actor == null || body.actor.isBlank()) {
      throw ServiceException.invalidRequest("'command_id' and 'actor' are needed.");
    }
    Scope scope =
        Scope.of(
                datasets.named(body.dataset == null ? "" : body.dataset),
                moment("from", body.from),
                moment("to", body.to),
                id("organization_id", body.organizationId))
            .ofProject(id("project_id", body.projectId))
            .selecting(body.columns == null ? List.of() : body.columns);
    String actor = shortened(body.actor);
    FileFormat format = FileFormat.named(body.format == null ? "csv" : body.format);
    Job job =
        jobs.order(
            new JobTable.Order(
                body.commandId,
                scope,
                format,
                body.target,
                Boolean.TRUE.equals(body.byOperator),
                actor,
                null));
    return view(job, json);
  }

  /** Newest first. */
  @GetMapping
  Page list(
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId,
      @RequestParam(name = "downloads_only", defaultValue = "false") boolean downloadsOnly,
      ListPage page) {
    List<View> found =
        table.list(organizationId, downloadsOnly, page).stream()
            .map(job -> view(job, json))
            .toList();
    return new Page(page.of(found), page.next(found, View::exportId));
  }

  @GetMapping("/{id}")
  View get(@PathVariable long id) {
    return view(find(id), json);
  }

  @PostMapping("/{id}/cancel")
  View cancel(@PathVariable long id) {
    find(id);
    jobs.cancel(id);
    return view(find(id), json);
  }

  @PostMapping("/{id}/resume")
  View resume(@PathVariable long id) {
    jobs.resume(find(id));
    return view(find(id), json);
  }

  /** A part, or {@code manifest.json}. */
  @GetMapping("/{id}/files/{name}")
  ResponseEntity<FileSystemResource> file(@PathVariable long id, @PathVariable String name) {
    return file(jobs, find(id), name);
  }

  static ResponseEntity<FileSystemResource> file(Jobs jobs, Job job, String name) {
    Path file =
        jobs.file(job, name)
            .orElseThrow(() -> ServiceException.notFound("This file of the export"));
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_OCTET_STREAM)
        .body(new FileSystemResource(file));
  }

  /** The datasets with their columns, the formats, and the targets of this configuration. */
  @GetMapping("/options")
  Options options() {
    return new Options(
        datasets.all().stream()
            .map(
                one ->
                    new DatasetView(
                        one.name(), one.ofWholeDays(), one.leastPeriod().wireName(), one.columns()))
            .toList(),
        Arrays.stream(FileFormat.values()).map(FileFormat::extension).toList(),
        targets.names());
  }

  private Job find(long id) {
    return table.find(id).orElseThrow(() -> ServiceException.notFound("This export"));
  }

  static View view(Job job, JsonMapper json) {
    return new View(
        Long.toString(job.id()),
        job.organizationId() == null ? null : job.organizationId().toString(),
        job.projectId() == null ? null : job.projectId().toString(),
        job.dataset(),
        job.format().extension(),
        job.columns(),
        job.from().toString(),
        job.to().toString(),
        job.target(),
        job.status().wireName(),
        Long.toString(job.rowsRead()),
        job.error(),
        job.manifest() == null ? null : json.readTree(job.manifest()),
        job.status() == Job.Status.DONE && job.target() == null && !job.filesGone(),
        job.requestedBy(),
        job.createdAt().toString(),
        job.finishedAt() == null ? null : job.finishedAt().toString(),
        job.scheduleId() == null ? null : job.scheduleId().toString());
  }

  static String shortened(String actor) {
    return actor.substring(0, Math.min(MOST_ACTOR, actor.length()));
  }

  static @Nullable Long id(String name, @Nullable String id) {
    if (id != null && !id.matches("[0-9]{1,18}")) {
      throw ServiceException.invalidRequest("'%s' is an id, as a string.".formatted(name));
    }
    return id == null ? null : Long.valueOf(id);
  }

  static Instant moment(String name, @Nullable String text) {
    try {
      Instant moment =
          text != null && text.length() == "2026-11-01".length()
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : Instant.parse(text == null ? "" : text);
      if (moment.equals(moment.truncatedTo(ChronoUnit.HOURS))) {
        return moment;
      }
    } catch (DateTimeException e) {
      throw ServiceException.invalidRequest(
          "'%s' is a UTC day such as 2026-11-01, or a whole hour: %s.".formatted(name, text));
    }
    throw ServiceException.invalidRequest("'%s' is a whole hour of UTC.".formatted(name));
  }
}
