package io.r1platform.api.statements;

import static io.r1platform.api.statements.UsagePages.by;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import java.math.BigInteger;
import java.time.Clock;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * {@code /v1/organization/usage/completions} and {@code /v1/organization/costs}: the sums of {@code
 * /v1/usage} and {@code /v1/costs} as OpenAI's own programs ask for them and read them. Whatever
 * their name, they are the caller's project's.
 */
@RestController
final class OpenAiStatementController {
  /**
   * What is not grouped by is null.
   *
   * @param user_id always null: a key is nobody's
   * @param service_tier batch or default, as in the export openai_compat
   */
  record UsageResult(
      String object,
      long input_tokens,
      long output_tokens,
      long input_cached_tokens,
      long num_model_requests,
      @Nullable String project_id,
      @Nullable String user_id,
      @Nullable String api_key_id,
      @Nullable String model,
      @Nullable Boolean batch,
      @Nullable String service_tier) {}

  /**
   * Money as OpenAI has it.
   *
   * @param value a JSON number with every digit and no exponent: it went through no double
   * @param currency ISO 4217 in small letters
   */
  record Amount(@JsonRawValue String value, String currency) {}

  record CostResult(
      String object,
      Amount amount,
      @Nullable String line_item,
      @Nullable String project_id,
      @Nullable String api_key_id) {}

  private final UsagePages pages;
  private final Clock clock;

  OpenAiStatementController(UsagePages pages, Clock clock) {
    this.pages = pages;
    this.clock = clock;
  }

  @GetMapping("/v1/organization/usage/completions")
  UsagePages.Page usage(
      @AuthenticationPrincipal Caller caller,
      @RequestParam MultiValueMap<String, String> parameters) {
    var query = UsageQuery.of(parameters, caller, UsageShape.OPENAI_USAGE, clock.instant());
    return pages.page(caller, query, row -> usage(row, query.groupBy()));
  }

  @GetMapping("/v1/organization/costs")
  UsagePages.Page costs(
      @AuthenticationPrincipal Caller caller,
      @RequestParam MultiValueMap<String, String> parameters) {
    var query = UsageQuery.of(parameters, caller, UsageShape.OPENAI_COSTS, clock.instant());
    return pages.page(caller, query, OpenAiStatementController::cost);
  }

  /** Billing tells batches apart; of that a caller sees what it grouped by. */
  private static Object usage(JsonNode row, Set<String> groupBy) {
    JsonNode tokens = row.path("tokens");
    Boolean batch = UsagePages.batch(row);
    String tier = batch == null ? null : batch ? "batch" : "default";
    return new UsageResult(
        "organization.usage.completions.result",
        tokens.path("input").asLong(),
        tokens.path("output").asLong(),
        tokens.path("cached").asLong(),
        tokens.path("requests").asLong(),
        by(row, "project_id"),
        null,
        by(row, "api_key_id"),
        by(row, "model"),
        groupBy.contains("batch") ? batch : null,
        groupBy.contains(UsageShape.SERVICE_TIER) ? tier : null);
  }

  private static Object cost(JsonNode row) {
    JsonNode cost = row.path("cost");
    return new CostResult(
        "organization.costs.result",
        new Amount(
            Pico.decimal(new BigInteger(cost.path("pico").asString())),
            cost.path("currency").asString().toLowerCase(Locale.ROOT)),
        by(row, "line_item"),
        by(row, "project_id"),
        by(row, "api_key_id"));
  }
}
