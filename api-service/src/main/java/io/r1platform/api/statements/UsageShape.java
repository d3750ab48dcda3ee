package io.r1platform.api.statements;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * How a question about usage is spelled: as ours, or as OpenAI's, where filters are lists.
 *
 * @param report billing's name of what is asked for
 * @param widths of buckets, by their names
 * @param filters as callers spell them
 * @param dimensions what may be grouped by
 */
record UsageShape(
    String report, Map<String, Width> widths, Set<String> filters, Set<String> dimensions) {
  static final UsageShape USAGE =
      new UsageShape(
          "usage",
          Width.HOURS_AND_DAYS,
          Set.of("project_id", "api_key_id", "model", "batch", "end_user"),
          Set.of("project_id", "api_key_id", "model", "batch", "end_user"));
  static final UsageShape COSTS =
      new UsageShape(
          "costs",
          Width.HOURS_AND_DAYS,
          Set.of("project_id", "api_key_id", "model", "batch", "end_user"),
          Set.of(
              "project_id",
              "api_key_id",
              "model",
              "batch",
              "end_user",
              "line_item",
              "price_version"));
  static final UsageShape OPENAI_USAGE =
      new UsageShape(
          "usage",
          Width.HOURS_AND_DAYS,
          Set.of("project_ids", "api_key_ids", "models", "batch"),
          Set.of("project_id", "api_key_id", "model", "batch", UsageShape.SERVICE_TIER));
  static final UsageShape OPENAI_COSTS =
      new UsageShape(
          "costs",
          Map.of("1d", new Width(Width.DAY, 180, 7)),
          Set.of("project_ids", "api_key_ids"),
          Set.of("project_id", "api_key_id", "line_item"));

  /** OpenAI's name of what tells batches from the rest. */
  static final String SERVICE_TIER = "service_tier";

  private static final Set<String> OF_ALL =
      Set.of("start_time", "end_time", "bucket_width", "group_by", "group_by[]", "limit", "page");
  private static final String LIST = "s";
  private static final String BRACKETS = "[]";

  /** Of a bucket: its seconds, the most of a page, and how many unless the caller says. */
  record Width(long seconds, int most, int usual) {
    private static final long HOUR = 3_600;
    private static final long DAY = 24 * HOUR;
    private static final Map<String, Width> HOURS_AND_DAYS =
        Map.of("1h", new Width(HOUR, 168, 24), "1d", new Width(DAY, 31, 7));
  }

  /** Every parameter; lists also with brackets. */
  Set<String> parameters() {
    var all = new HashSet<>(OF_ALL);
    for (String filter : filters) {
      all.add(filter);
      if (filter.endsWith(LIST)) {
        all.add(filter + BRACKETS);
      }
    }
    return all;
  }

  /** How callers spell a filter of billing's. */
  String spelled(String filter) {
    return filters.contains(filter + LIST) ? filter + LIST : filter;
  }

  /** What a caller sent of a filter of billing's. */
  @Nullable String sent(MultiValueMap<String, String> parameters, String filter) {
    String name = spelled(filter);
    String sent = parameters.getFirst(name);
    return sent == null ? parameters.getFirst(name + BRACKETS) : sent;
  }

  /** Billing's name of what may be grouped by. */
  static String dimension(String name) {
    return name.equals(SERVICE_TIER) ? "batch" : name;
  }

  /** A parameter's name without brackets. */
  static String bare(String name) {
    return name.endsWith(BRACKETS) ? name.substring(0, name.length() - BRACKETS.length()) : name;
  }
}
