package io.r1platform.billing.reports;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.questions.TenantQuestions;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What a tenant asks of one of its projects. The gateway says whose it is; a project of another
 * organization has nothing here.
 */
@RestController
class TenantUsageController {
  record Usage(Instant asOf, List<UsageRow> rows) {}

  /** Of one group; {@code by} has the names that were asked for, in lower case. */
  record UsageRow(long start, Map<String, String> by, TenantSums.Tokens tokens) {}

  record Costs(Instant asOf, List<CostRow> rows) {}

  record CostRow(long start, Map<String, String> by, TenantSums.Cost cost) {}

  private static final Set<TenantSums.Dimension> OF_USAGE =
      EnumSet.of(
          TenantSums.Dimension.PROJECT_ID,
          TenantSums.Dimension.API_KEY_ID,
          TenantSums.Dimension.MODEL,
          TenantSums.Dimension.BATCH,
          TenantSums.Dimension.END_USER);
  private static final Set<TenantSums.Dimension> OF_COSTS =
      EnumSet.allOf(TenantSums.Dimension.class);

  private final TenantSums sums;
  private final TenantQuestions questions;

  TenantUsageController(TenantSums sums, TenantQuestions questions) {
    this.sums = sums;
    this.questions = questions;
  }

  @GetMapping("/internal/v1/organizations/{organization}/projects/{project}/usage")
  Usage usage(
      @PathVariable long organization,
      @PathVariable long project,
      @RequestParam long from,
      @RequestParam long to,
      @RequestParam String width,
      @RequestParam(name = "group_by", required = false) @Nullable List<String> groupBy,
      @RequestParam(name = "api_key_id", required = false) @Nullable Long key,
      @RequestParam(required = false) @Nullable String model,
      @RequestParam(required = false) @Nullable Boolean batch,
      @RequestParam(name = "end_user", required = false) @Nullable String endUser) {
    var whose = new TenantSums.Of(organization, project, key, model, batch, endUser);
    Buckets buckets = buckets(from, to, width);
    Set<TenantSums.Dimension> by = dimensions(groupBy, OF_USAGE);
    return questions.answer(
        organization,
        () ->
            new Usage(
                sums.asOf(),
                sums.usage(whose, buckets, by).stream()
                    .map(group -> new UsageRow(group.start(), names(group.by()), group.sums()))
                    .toList()));
  }

  @GetMapping("/internal/v1/organizations/{organization}/projects/{project}/costs")
  Costs costs(
      @PathVariable long organization,
      @PathVariable long project,
      @RequestParam long from,
      @RequestParam long to,
      @RequestParam String width,
      @RequestParam(name = "group_by", required = false) @Nullable List<String> groupBy,
      @RequestParam(name = "api_key_id", required = false) @Nullable Long key,
      @RequestParam(required = false) @Nullable String model,
      @RequestParam(required = false) @Nullable Boolean batch,
      @RequestParam(name = "end_user", required = false) @Nullable String endUser) {
    var whose = new TenantSums.Of(organization, project, key, model, batch, endUser);
    Buckets buckets = buckets(from, to, width);
    Set<TenantSums.Dimension> by = dimensions(groupBy, OF_COSTS);
    return questions.answer(
        organization,
        () ->
            new Costs(
                sums.asOf(),
                sums.costs(whose, buckets, by).stream()
                    .map(group -> new CostRow(group.start(), names(group.by()), group.sums()))
                    .toList()));
  }

  private static Buckets buckets(long from, long to, String width) {
    return new Buckets(
        from,
        to,
        switch (width) {
          case "1h" -> Buckets.Width.HOUR;
          case "1d" -> Buckets.Width.DAY;
          default -> throw ServiceException.invalidRequest("'bucket_width' is 1h or 1d.");
        });
  }

  private static Set<TenantSums.Dimension> dimensions(
      @Nullable List<String> names, Set<TenantSums.Dimension> allowed) {
    var dimensions = EnumSet.noneOf(TenantSums.Dimension.class);
    for (String name : names == null ? List.<String>of() : names) {
      dimensions.add(
          allowed.stream()
              .filter(dimension -> wire(dimension).equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      ServiceException.invalidRequest(
                          "'group_by' is any of "
                              + String.join(
                                  ", ",
                                  Arrays.stream(TenantSums.Dimension.values())
                                      .filter(allowed::contains)
                                      .map(TenantUsageController::wire)
                                      .toList())
                              + ".")));
    }
    return dimensions;
  }

  private static Map<String, String> names(Map<TenantSums.Dimension, String> by) {
    var names = new TreeMap<String, String>();
    by.forEach((dimension, value) -> names.put(wire(dimension), value));
    return names;
  }

  private static String wire(TenantSums.Dimension dimension) {
    return dimension.name().toLowerCase(Locale.ROOT);
  }
}
