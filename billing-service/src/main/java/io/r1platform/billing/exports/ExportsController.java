package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Streams exports and answers for those that reached their end. */
@RestController
final class ExportsController {
  private static final LocalDate BEGINNING = LocalDate.of(2020, 1, 1);

  private final Exports exports;
  private final Clock clock;

  ExportsController(Exports exports, Clock clock) {
    this.exports = exports;
    this.clock = clock;
  }

  /** Without bounds: everything. */
  @GetMapping("/internal/v1/exports/{dataset}")
  void export(
      @PathVariable String dataset,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId,
      @RequestParam(defaultValue = "csv") String format,
      HttpServletResponse response)
      throws IOException {
    if (!"csv".equals(format)) {
      throw ServiceException.invalidRequest("'format' is csv.");
    }
    LocalDate tomorrow = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).plusDays(2);
    var scope =
        new Exports.Scope(
            DayDataset.named(dataset),
            from == null ? BEGINNING : day(from),
            to == null ? tomorrow : day(to),
            organizationId);
    if (!scope.from().isBefore(scope.to())) {
      throw ServiceException.invalidRequest("'from' must be before 'to'.");
    }
    exports.reserve();
    UUID run = UUID.randomUUID();
    response.setContentType("text/csv");
    response.setCharacterEncoding("UTF-8");
    response.setHeader("x-r1-export-id", run.toString());
    exports.write(run, scope, response.getOutputStream());
  }

  @GetMapping(
      path = "/internal/v1/exports/runs/{run}/manifest",
      produces = MediaType.APPLICATION_JSON_VALUE)
  String manifest(@PathVariable UUID run) {
    return exports
        .manifest(run)
        .orElseThrow(() -> ServiceException.notFound("A finished export of this id"));
  }

  private static LocalDate day(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw ServiceException.invalidRequest("'from' and 'to' are days such as 2026-11-22.");
    }
  }
}
