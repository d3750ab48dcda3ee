package io.r1platform.api.statements;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import java.math.BigInteger;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/usage} and {@code /v1/costs}: the caller's project by hour or day, as OpenAI's pages
 * of buckets. Both are sums of the same rows.
 */
@RestController
final class StatementController {
  private static final Set<String> OF_USAGE =
      Set.of("project_id", "api_key_id", "model", "batch", "end_user");
  private static final Set<String> OF_COSTS =
      Set.of(
          "project_id", "api_key_id", "model", "batch", "end_user", "line_item", "price_version");

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

  /** Tokens are charged ones; what is not grouped by is null. */
  record UsageResult(
      String object,
      long input_tokens,
      long input_cached_tokens,
      long output_tokens,
      long reasoning_tokens,
      long num_model_requests,
      long num_cancelled,
      @Nullable String project_id,
      @Nullable String api_key_id,
      @Nullable String model,
      @Nullable Boolean batch,
      @Nullable String end_user) {}

  record Amount(String value, String currency) {}

  record CostResult(
      String object,
      Amount amount,
      @Nullable String project_id,
      @Nullable String api_key_id,
      @Nullable String model,
      @Nullable Boolean batch,
      @Nullable String end_user,
      @Nullable String price_version,
      @Nullable String line_item) {}

  private final BillingReads billing;
  private final Clock clock;

  StatementController(BillingReads billing, Clock clock) {
    this.billing = billing;
    this.clock = clock;
  }

  @GetMapping("/v1/usage")
  Page usage(
      @AuthenticationPrincipal Caller caller,
      @RequestParam MultiValueMap<String, String> parameters) {
    var query = UsageQuery.of(parameters, caller, OF_USAGE, clock.instant());
    return page(caller, query, "usage", StatementController::usage);
  }

  @GetMapping("/v1/costs")
  Page costs(
      @AuthenticationPrincipal Caller caller,
      @RequestParam MultiValueMap<String, String> parameters) {
    var query = UsageQuery.of(parameters, caller, OF_COSTS, clock.instant());
    return page(caller, query, "costs", StatementController::cost);
  }

  private Page page(
      Caller caller, UsageQuery query, String report, Function<JsonNode, Object> result) {
    ObjectNode answer = billing.read(caller, query.on(report, caller));
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

  private static Object usage(JsonNode row) {
    JsonNode tokens = row.path("tokens");
    return new UsageResult(
        "organization.usage.completions.result",
        tokens.path("input").asLong(),
        tokens.path("cached").asLong(),
        tokens.path("output").asLong(),
        tokens.path("reasoning").asLong(),
        tokens.path("requests").asLong(),
        tokens.path("cancelled").asLong(),
        by(row, "project_id"),
        by(row, "api_key_id"),
        by(row, "model"),
        batch(row),
        by(row, "end_user"));
  }

  private static Object cost(JsonNode row) {
    JsonNode cost = row.path("cost");
    return new CostResult(
        "organization.costs.result",
        new Amount(
            Pico.decimal(new BigInteger(cost.path("pico").asString())),
            cost.path("currency").asString()),
        by(row, "project_id"),
        by(row, "api_key_id"),
        by(row, "model"),
        batch(row),
        by(row, "end_user"),
        by(row, "price_version"),
        by(row, "line_item"));
  }

  private static @Nullable Boolean batch(JsonNode row) {
    String value = by(row, "batch");
    return value == null ? null : Boolean.valueOf(value);
  }

  private static @Nullable String by(JsonNode row, String dimension) {
    JsonNode value = row.path("by").path(dimension);
    return value.isString() ? value.asString() : null;
  }
}
