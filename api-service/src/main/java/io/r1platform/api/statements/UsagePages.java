package io.r1platform.api.statements;

import io.r1platform.api.keys.Caller;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks billing for a page of buckets, and gives each row the shape that a route has. */
@Component
class UsagePages {
  /**
   * A page.
   *
   * @param as_of RFC 3339; until then all usage is in
   */
  record Page(
      String object,
      List<Bucket> data,
      boolean has_more,
      @Nullable String next_page,
      String as_of) {}

  /** Times are Unix seconds; without usage there are no results. */
  record Bucket(String object, long start_time, long end_time, List<Object> results) {}

  private final BillingReads billing;

  UsagePages(BillingReads billing) {
    this.billing = billing;
  }

  Page page(Caller caller, UsageQuery query, Function<JsonNode, Object> result) {
    ObjectNode answer = billing.read(caller, query.path(caller));
    Map<Long, List<Object>> results = new HashMap<>();
    for (JsonNode row : answer.path("rows")) {
      results
          .computeIfAbsent(row.path("start").asLong(), start -> new ArrayList<>())
          .add(result.apply(row));
    }
    List<Bucket> buckets = new ArrayList<>();
    for (long start = query.from(); start < query.to(); start += query.seconds()) {
      buckets.add(
          new Bucket(
              "bucket", start, start + query.seconds(), results.getOrDefault(start, List.of())));
    }
    String next = query.nextPage();
    return new Page("page", buckets, next != null, next, answer.path("as_of").asString());
  }

  /** What a row was grouped by; null if it was not. */
  static @Nullable String by(JsonNode row, String dimension) {
    JsonNode value = row.path("by").path(dimension);
    return value.isString() ? value.asString() : null;
  }

  /** Whether a row is of batches; null if they were not told apart. */
  static @Nullable Boolean batch(JsonNode row) {
    String value = by(row, "batch");
    return value == null ? null : Boolean.valueOf(value);
  }
}
