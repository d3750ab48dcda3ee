package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Preview against stored usage, and what intake does with contracts and windows. */
class PreviewIT {
  private static BillingFixture billing;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void previewSaysOldNewAndDifferenceAndWritesNothing() {
    Instant now = billing.clock().instant();
    var samples = new Samples(new Random(3), billing.priceSha256(), now);
    Answer posted =
        billing.postBatch(
            Samples.batch(
                1,
                1,
                1,
                List.of(samples.charged(31, 100, 10, 20, 5), samples.charged(32, 1, 2, 3, 4))));
    assertThat(posted.status()).as(posted.body()).isEqualTo(200);
    String before = stored();

    String draft = draft(now.plus(Duration.ofHours(1)));
    Answer preview = preview(draft, now.minus(Duration.ofDays(1)), now.plusSeconds(60));
    assertThat(preview.status()).as(preview.body()).isEqualTo(200);
    assertThat(preview.text("requests")).isEqualTo("2");
    assertThat(preview.json().path("lines").size()).isEqualTo(8);
    assertThat(preview.json().path("lines").get(0).toString())
        .isEqualTo(
            "{\"organization_id\":\"31\",\"sku\":\"HIT\",\"tokens\":\"100\","
                + "\"old_pico\":\"14000000\",\"new_pico\":\"1000\","
                + "\"difference_pico\":\"-13999000\"}");
    long old = 101 * 140_000L + 12 * 550_000L + 32 * 2_190_000L;
    long anew = 101 * 10L + 12 * 20L + 23 * 30L + 9 * 40L;
    assertThat(preview.text("old_pico")).isEqualTo(Long.toString(old));
    assertThat(preview.text("new_pico")).isEqualTo(Long.toString(anew));
    assertThat(preview.text("difference_pico")).isEqualTo(Long.toString(anew - old));
    assertThat(stored()).isEqualTo(before);

    assertThat(preview(draft, now.minus(Duration.ofDays(40)), now).body()).contains("35 days");
    assertThat(preview("99999", now.minusSeconds(1), now).status()).isEqualTo(404);
  }

  @Test
  void aRecordWithAWindowThatDoesNotHoldIsHeld() {
    var samples = new Samples(new Random(4), billing.priceSha256(), billing.clock().instant());
    UsageRecord record = Samples.withInt(samples.charged(33, 1, 1, 1, 1), 92, 1);
    Answer posted = billing.postBatch(Samples.batch(2, 1, 1, List.of(record)));
    assertThat(posted.body()).contains("HELD");
    assertThat(held(33)).isEqualTo("PRICE_MISMATCH");
  }

  private static String held(long tenant) {
    return billing
        .sql()
        .sql("select reason from usage_held where substring(record from 25 for 8) = int8send(?)")
        .param(tenant)
        .query(String.class)
        .single();
  }

  private static String stored() {
    return billing
        .sql()
        .sql(
            """
            select (select count(*) from usage_record) || ' ' || (select count(*) from entry)
              || ' ' || (select sum(amount) from usage_hourly)
              || ' ' || (select revision from price_book_change)
            """)
        .query(String.class)
        .single();
  }

  private static String draft(Instant from) {
    Answer made =
        billing.postJson(
            "/internal/v1/prices/drafts",
            BillingFixture.GATEWAY,
            "{\"command_id\": \"%s\", \"from_version_id\": \"1\", \"valid_from\": \"%s\"}"
                .formatted(UUID.randomUUID(), from));
    String id = made.json().path("version").path("version_id").asString();
    var prices = new StringBuilder();
    for (String price : List.of("HIT 10", "MISS 20", "REASONING 30", "ANSWER 40")) {
      String[] parts = price.split(" ", 2);
      prices.append(prices.isEmpty() ? "" : ",");
      prices.append(
          "{\"model_id\": 2, \"sku\": \"%s\", \"window\": 0, \"unit_pico\": \"%s\"}"
              .formatted(parts[0], parts[1]));
    }
    Answer edited =
        billing.postJson(
            "/internal/v1/prices/drafts/" + id,
            BillingFixture.GATEWAY,
            "{\"revision\": 1, \"valid_from\": \"%s\", \"windows\": [], \"prices\": [%s]}"
                .formatted(from, prices));
    assertThat(edited.status()).as(edited.body()).isEqualTo(200);
    return id;
  }

  private static Answer preview(String id, Instant from, Instant to) {
    return billing.postJson(
        "/internal/v1/prices/versions/" + id + "/preview",
        BillingFixture.GATEWAY,
        "{\"from\": \"%s\", \"to\": \"%s\"}".formatted(from, to));
  }
}
