package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * Exports that keys of a project order, of that project alone, for download. What lies beyond the
 * project that the path names does not exist here.
 */
@RestController
@RequestMapping("/internal/v1/organizations/{organization}/projects/{project}/exports")
class TenantExportController {
  private static final Duration LONGEST = Duration.ofDays(31);

  /** {@code columns}: null for all. */
  record Order(
      @Nullable UUID commandId,
      @Nullable String actor,
      @Nullable String dataset,
      @Nullable String from,
      @Nullable String to,
      @Nullable String format,
      @Nullable List<String> columns) {}

  private final Jobs jobs;
  private final JobTable table;
  private final Datasets datasets;
  private final JsonMapper json;

  TenantExportController(Jobs jobs, JobTable table, Datasets datasets, JsonMapper json) {
    this.jobs = jobs;
    this.table = table;
    this.datasets = datasets;
    this.json = json;
  }

  @PostMapping
  JobController.View order(
      @PathVariable long organization, @PathVariable long project, @RequestBody Order body) {
    if (body.commandId == null || body.actor == null || body.actor.isBlank()) {
      throw ServiceException.invalidRequest("'command_id' and 'actor' are needed.");
    }
    Instant from = JobController.moment("from", body.from);
    Instant to = JobController.moment("to", body.to);
    Dataset dataset = datasets.named(body.dataset == null ? "" : body.dataset);
    if (!dataset.hasProjects()) {
      throw ServiceException.invalidRequest(
          "'dataset' is one of %s.".formatted(String.join(", ", datasets.ofProjects())));
    }
    Scope scope =
        Scope.of(dataset, from, to, organization)
            .ofProject(project)
            .selecting(body.columns == null ? List.of() : body.columns);
    if (Duration.between(from, to).compareTo(LONGEST) > 0) {
      throw ServiceException.invalidRequest(
          "'from' to 'to' is %d days at most.".formatted(LONGEST.toDays()));
    }
    var order =
        new JobTable.Order(
            body.commandId,
            scope,
            FileFormat.named(body.format == null ? "csv" : body.format),
            null,
            false,
            JobController.shortened(body.actor),
            null);
    return JobController.view(jobs.order(order), json);
  }

  /** Newest first. */
  @GetMapping
  JobController.Page list(
      @PathVariable long organization, @PathVariable long project, ListPage page) {
    List<JobController.View> found =
        table.ofKeys(organization, project, page).stream()
            .map(job -> JobController.view(job, json))
            .toList();
    return new JobController.Page(page.of(found), page.next(found, JobController.View::exportId));
  }

  @GetMapping("/{id}")
  JobController.View get(
      @PathVariable long organization, @PathVariable long project, @PathVariable long id) {
    return JobController.view(find(organization, project, id), json);
  }

  @PostMapping("/{id}/cancel")
  JobController.View cancel(
      @PathVariable long organization, @PathVariable long project, @PathVariable long id) {
    jobs.cancel(find(organization, project, id).id());
    return JobController.view(find(organization, project, id), json);
  }

  /** A part, or {@code manifest.json}. */
  @GetMapping("/{id}/files")
  ResponseEntity<FileSystemResource> file(
      @PathVariable long organization,
      @PathVariable long project,
      @PathVariable long id,
      @RequestParam String name) {
    return JobController.file(jobs, find(organization, project, id), name);
  }

  private Job find(long organization, long project, long id) {
    return table
        .find(id)
        .filter(job -> job.organizationId() != null && job.organizationId() == organization)
        .filter(job -> job.projectId() != null && job.projectId() == project)
        .filter(job -> !job.byOperator() && job.target() == null)
        .orElseThrow(() -> ServiceException.notFound("This export"));
  }
}
