package io.r1platform.billing.reports;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.money.Dollars;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sums for the console; numbers are decimal strings. {@code as_of} is the time of the answer: all
 * that was received until then is in it, and gateways ship within a fraction of a second.
 */
@RestController
class ReportsController {
  record Overview(
      Instant asOf,
      String currency,
      String requests,
      Counts.Tokens tokens,
      String cost,
      Reference.@Nullable Comparison reference,
      List<Day> days) {}

  record Day(
      String day,
      String requests,
      Counts.Tokens tokens,
      String cost,
      @Nullable String referenceCost) {}

  record Usage(Instant asOf, String currency, List<Item> items, Item total) {}

  record Item(@Nullable String key, String requests, Counts.Tokens tokens, String cost) {
    static Item of(@Nullable String key, Counts counts) {
      return new Item(key, counts.requests().toString(), counts.tokens(), counts.cost());
    }
  }

  private static final String USD = "USD";

  private final Sums sums;
  private final Clock clock;

  ReportsController(Sums sums, Clock clock) {
    this.sums = sums;
    this.clock = clock;
  }

  @GetMapping("/internal/v1/reports/overview")
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  Overview overview(
      @RequestParam String from,
      @RequestParam String to,
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId) {
    Days days = Days.of(from, to);
    var scope = new Scope(organizationId, null, null, null);
    Counts total = sums.total(days, scope);
    Reference reference = sums.reference().orElse(null);
    List<Day> byDay =
        sums.by(Sums.Group.DAY, days, scope).stream().map(row -> day(row, reference)).toList();
    return new Overview(
        clock.instant(),
        USD,
        total.requests().toString(),
        total.tokens(),
        total.cost(),
        reference == null ? null : reference.compare(total),
        byDay);
  }

  @GetMapping("/internal/v1/reports/usage")
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  Usage usage(
      @RequestParam String from,
      @RequestParam String to,
      @RequestParam(name = "group_by") String groupBy,
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId,
      @RequestParam(name = "project_id", required = false) @Nullable Long projectId,
      @RequestParam(name = "api_key_id", required = false) @Nullable Long apiKeyId,
      @RequestParam(name = "model_id", required = false) @Nullable Integer modelId) {
    Days days = Days.of(from, to);
    var scope = new Scope(organizationId, projectId, apiKeyId, modelId);
    List<Item> items =
        sums.by(group(groupBy), days, scope).stream()
            .map(row -> Item.of(row.key(), row.counts()))
            .toList();
    return new Usage(clock.instant(), USD, items, Item.of(null, sums.total(days, scope)));
  }

  private static Day day(Sums.Row row, @Nullable Reference reference) {
    Counts counts = row.counts();
    return new Day(
        row.key(),
        counts.requests().toString(),
        counts.tokens(),
        counts.cost(),
        reference == null ? null : Dollars.of(reference.price(counts.tokens())));
  }

  private static Sums.Group group(String name) {
    return Arrays.stream(Sums.Group.values())
        .filter(group -> group.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(
            () -> ServiceException.invalidRequest("'group_by' is day, project, key or model."));
  }
}
