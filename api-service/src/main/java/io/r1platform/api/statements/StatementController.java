package io.r1platform.api.statements;

import static io.r1platform.api.statements.UsagePages.by;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import java.math.BigInteger;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * {@code /v1/usage} and {@code /v1/costs}: the caller's project by hour or day, as OpenAI's pages
 * of buckets. Both are sums of the same rows.
 */
@RestController
final class StatementController {
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

  private final UsagePages pages;
  private final Clock clock;

  StatementController(UsagePages pages, Clock clock) {
    this.pages = pages;
    this.clock = clock;
  }

  @GetMapping("/v1/usage")
  UsagePages.Page usage(
      @AuthenticationPrincipal Caller caller,
      @RequestParam MultiValueMap<String, String> parameters) {
    var query = UsageQuery.of(parameters, caller, UsageShape.USAGE, clock.instant());
    return pages.page(caller, query, StatementController::usage);
  }

  @GetMapping("/v1/costs")
  UsagePages.Page costs(
      @AuthenticationPrincipal Caller caller,
      @RequestParam MultiValueMap<String, String> parameters) {
    var query = UsageQuery.of(parameters, caller, UsageShape.COSTS, clock.instant());
    return pages.page(caller, query, StatementController::cost);
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
        UsagePages.batch(row),
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
        UsagePages.batch(row),
        by(row, "end_user"),
        by(row, "price_version"),
        by(row, "line_item"));
  }
}
