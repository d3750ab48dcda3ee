package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Stored requests get another price by journals alone. */
class ReratingIT {
  private static BillingFixture billing;
  private static Contracts contracts;
  private static Samples samples;
  private static Instant now;

  @BeforeAll
  static void start() {
    billing = new BillingFixture().dryFirst("prices/versions/N/rerate");
    contracts = new Contracts(billing);
    now = billing.clock().instant();
    samples = new Samples(new Random(41), billing.priceSha256(), now);
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void takesOldChargesBackAndPostsNewOnesOnce() {
    post(1, samples.charged(41, 10, 10, 10, 10), samples.charged(41, 0, 0, 1, 0));
    post(2, samples.charged(42, 5, 5, 5, 5));
    long old = 10 * 140_000L + 10 * 550_000L + 21 * 2_190_000L;
    assertThat(owed(41)).isEqualTo(old);
    String records = stored();

    String id = contracts.draft(41, now.plus(Duration.ofHours(1)), 7, Map.of());
    Answer early = rerate(UUID.randomUUID(), id, preview(id).text("preview"), "early");
    assertThat(early.status()).isEqualTo(422);
    assertThat(early.body()).contains("a draft is previewed");
    contracts.publish(id);
    Answer preview = preview(id);
    assertThat(preview.text("requests")).isEqualTo("2");
    assertThat(preview.text("changed")).isEqualTo("2");
    assertThat(preview.text("difference_pico")).isEqualTo(Long.toString(41 * 7 - old));

    UUID command = UUID.randomUUID();
    Answer done = rerate(command, id, preview.text("preview"), "agreed in October");
    assertThat(done.status()).as(done.body()).isEqualTo(200);
    assertThat(done.text("new_pico")).isEqualTo(Integer.toString(41 * 7));
    assertThat(owed(41)).isEqualTo(41 * 7);
    assertThat(owed(42)).isEqualTo(5 * 140_000L + 5 * 550_000L + 10 * 2_190_000L);
    assertThat(journals(command)).isEqualTo(2);
    assertThat(stored()).as("records and sums are as they were").isEqualTo(records);

    Answer again = rerate(command, id, preview.text("preview"), "agreed in October");
    assertThat(again.body()).isEqualTo(done.body());
    assertThat(journals(command)).isEqualTo(2);
    assertThat(rerate(command, id, preview.text("preview"), "another reason").status())
        .isEqualTo(409);
    Answer nothing = preview(id);
    assertThat(nothing.text("changed")).isEqualTo("0");
    assertThat(nothing.text("difference_pico")).isEqualTo("0");
    assertThat(billing.get("/internal/v1/prices/reratings?organization_id=41").body())
        .contains(command.toString(), "agreed in October", "\"changed\":\"2\"");
  }

  @Test
  void refusesWhatThePreviewDidNotShow() {
    post(3, samples.charged(43, 1, 1, 1, 1));
    String id = contracts.draft(43, now.plus(Duration.ofHours(1)), 7, Map.of());
    contracts.publish(id);
    String preview = preview(id).text("preview");
    post(4, samples.charged(43, 1, 1, 1, 1));
    long before = owed(43);
    UUID command = UUID.randomUUID();
    Answer stale = rerate(command, id, preview, "typing error");
    assertThat(stale.status()).isEqualTo(422);
    assertThat(stale.body()).contains("Preview again");
    assertThat(owed(43)).isEqualTo(before);
    assertThat(journals(command)).isZero();
    assertThat(rerate(command, id, preview(id).text("preview"), "typing error").status())
        .isEqualTo(200);
    assertThat(owed(43)).isEqualTo(8 * 7);
  }

  @Test
  void theNewestPriceCountsAndEachIsSupersededOnce() {
    UsageRecord record = samples.charged(44, 3, 0, 2, 0);
    post(5, record);
    Instant begin = now.plus(Duration.ofHours(1));
    for (long unit : List.of(100L, 5L, 60L)) {
      String id = contracts.draft(44, begin, unit, Map.of());
      begin = begin.plus(Duration.ofHours(1));
      contracts.publish(id);
      contracts.post(
          "/internal/v1/prices/versions/" + id + "/close",
          "{\"valid_until\": \"%s\"}".formatted(begin));
      Answer done = rerate(UUID.randomUUID(), id, preview(id).text("preview"), "to " + unit);
      assertThat(done.status()).as(done.body()).isEqualTo(200);
      assertThat(owed(44)).isEqualTo(5 * unit);
    }
    List<Long> chain =
        billing
            .sql()
            .sql("select supersedes from rerated_request where event_id = ? order by rerating_no")
            .param(record.eventId())
            .query(Long.class)
            .list();
    List<Long> numbers =
        billing
            .sql()
            .sql("select rerating_no from rerated_request where event_id = ? order by rerating_no")
            .param(record.eventId())
            .query(Long.class)
            .list();
    assertThat(chain).containsExactly(0L, numbers.get(0), numbers.get(1));
  }

  /**
   * Back and forth between prices ends where it began, to the pico, and never below 0.
   * getlago/lago-api#4642, #4889 (cents drift, negative totals).
   */
  @Test
  void sumsDoNotDrift() {
    var records = new UsageRecord[40];
    for (int i = 0; i < records.length; i++) {
      records[i] = samples.any(45);
    }
    post(6, records);
    long tokens = 0;
    for (UsageRecord r : records) {
      tokens += (long) r.hit() + r.miss() + r.reasoning() + r.answer();
    }
    String cheap = closedContract(45, 10, 3);
    String dear = closedContract(45, 12, 1_000_003);
    for (int round = 0; round < 4; round++) {
      rerate(UUID.randomUUID(), cheap, preview(cheap).text("preview"), "down");
      assertThat(owed(45)).isEqualTo(tokens * 3);
      rerate(UUID.randomUUID(), dear, preview(dear).text("preview"), "up");
      assertThat(owed(45)).isEqualTo(tokens * 1_000_003);
    }
  }

  /** One command from many at once is done once. getlago/lago-api#4725 (counted in several). */
  @Test
  void duplicateCountsOnce() {
    post(7, samples.charged(46, 1, 2, 3, 4));
    String id = closedContract(46, 14, 11);
    String preview = preview(id).text("preview");
    UUID command = UUID.randomUUID();
    List<CompletableFuture<Answer>> asked =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> rerate(command, id, preview, "x")))
            .toList();
    var bodies = asked.stream().map(answer -> answer.join().body()).distinct().toList();
    assertThat(bodies).hasSize(1);
    assertThat(journals(command)).isEqualTo(2);
    assertThat(owed(46)).isEqualTo(10 * 11);
  }

  private static String closedContract(long tenant, int hours, long unit) {
    String id = contracts.draft(tenant, now.plus(Duration.ofHours(hours)), unit, Map.of());
    contracts.publish(id);
    Answer closed =
        contracts.post(
            "/internal/v1/prices/versions/" + id + "/close",
            "{\"valid_until\": \"%s\"}".formatted(now.plus(Duration.ofHours(hours + 1))));
    assertThat(closed.status()).as(closed.body()).isEqualTo(200);
    return id;
  }

  private static void post(int replica, UsageRecord... records) {
    Answer posted = billing.postBatch(Samples.batch(replica, 1, 1, List.of(records)));
    assertThat(posted.body()).doesNotContain("HELD");
    assertThat(posted.status()).as(posted.body()).isEqualTo(200);
  }

  private static Answer preview(String id) {
    Answer preview =
        contracts.post(
            "/internal/v1/prices/versions/" + id + "/preview",
            "{\"from\": \"%s\", \"to\": \"%s\"}".formatted(from(), to()));
    assertThat(preview.status()).as(preview.body()).isEqualTo(200);
    return preview;
  }

  private static Answer rerate(UUID command, String id, String preview, String reason) {
    return contracts.post(
        "/internal/v1/prices/versions/" + id + "/rerate",
        """
        {"command_id": "%s", "actor": "ada@example.org", "reason": "%s", "from": "%s", "to": "%s",
         "preview": "%s"}
        """
            .formatted(command, reason, from(), to(), preview));
  }

  private static Instant from() {
    return now.minus(Duration.ofDays(1));
  }

  private static Instant to() {
    return now.plusSeconds(60);
  }

  private static long owed(long tenant) {
    return billing
        .sum("amount", "posted_entry where account = 'accrued' and tenant_id = " + tenant)
        .longValueExact();
  }

  private static long journals(UUID command) {
    return billing
        .sum("1", "journal_posted where kind = 'ADJUST' and ref ->> 'command' = '" + command + "'")
        .longValueExact();
  }

  private static String stored() {
    return billing
        .sql()
        .sql(
            """
            select sum(amount_pico) || ' ' || (select sum(amount) from usage_hourly) || ' '
              || (select sum(amount) from posted_entry where kind = 'USAGE' and account = 'accrued')
            from usage_record where tenant_id in (41, 42)
            """)
        .query(String.class)
        .single();
  }
}
