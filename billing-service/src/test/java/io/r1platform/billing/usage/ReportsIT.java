package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Sums, lists and files over the same rows of 60 requests of three tenants. */
class ReportsIT {
  private static final int COST_PICO = 19;
  private static BillingFixture billing;
  private static final List<UsageRecord> RECORDS = new ArrayList<>();
  private static String days;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    var now = billing.clock().instant();
    var samples = new Samples(new Random(3), billing.priceSha256(), now);
    for (int i = 0; i < 60; i++) {
      RECORDS.add(samples.any(1 + i % 3));
    }
    assertThat(billing.postBatch(Samples.batch(1, 1, 1, RECORDS)).status()).isEqualTo(200);
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    days = "from=" + today.minusDays(2) + "&to=" + today.plusDays(1);
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void overviewIsTheSumOfItsDays() {
    JsonNode overview = json("/internal/v1/reports/overview?" + days);
    assertThat(overview.path("cost").asString()).isEqualTo(dollars(total(0)));
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal reference = BigDecimal.ZERO;
    for (JsonNode day : overview.path("days")) {
      sum = sum.add(new BigDecimal(day.path("cost").asString()));
      reference = reference.add(new BigDecimal(day.path("reference_cost").asString()));
    }
    assertThat(sum).isEqualByComparingTo(overview.path("cost").asString());
    assertThat(reference).isEqualByComparingTo(overview.path("reference").path("cost").asString());
    assertThat(overview.path("requests").asString()).isEqualTo("60");
  }

  @Test
  void totalsEqualSumOfKeys() {
    for (String group : List.of("day", "project", "key", "model")) {
      JsonNode usage = json("/internal/v1/reports/usage?" + days + "&group_by=" + group);
      BigDecimal sum = BigDecimal.ZERO;
      for (JsonNode item : usage.path("items")) {
        sum = sum.add(new BigDecimal(item.path("cost").asString()));
      }
      assertThat(sum).isEqualByComparingTo(dollars(total(0)));
      assertThat(usage.path("total").path("cost").asString()).isEqualTo(dollars(total(0)));
    }
  }

  @Test
  void oneOrganizationSeesOnlyItsOwn() {
    JsonNode usage =
        json("/internal/v1/reports/usage?" + days + "&group_by=project&organization_id=2");
    assertThat(usage.path("total").path("cost").asString()).isEqualTo(dollars(total(2)));
    assertThat(usage.path("items").size()).isEqualTo(1);
  }

  @Test
  void pagesHoldEveryRequestOnce() {
    var seen = new HashSet<String>();
    String after = "";
    do {
      JsonNode page = json("/internal/v1/requests?" + days + "&limit=7" + after);
      page.path("items").forEach(item -> assertThat(seen.add(item.path("id").asString())).isTrue());
      after = page.path("next").isNull() ? "" : "&after=" + page.path("next").asString();
    } while (!after.isEmpty());
    assertThat(seen).hasSize(60);
  }

  @Test
  void requestShowsItsChargeToTheRecord() {
    UsageRecord record = RECORDS.getFirst();
    JsonNode view = json("/internal/v1/requests/" + record.eventId());
    BigDecimal sum = BigDecimal.ZERO;
    for (JsonNode line : view.path("lines")) {
      sum = sum.add(new BigDecimal(line.path("cost").asString()));
    }
    assertThat(sum).isEqualByComparingTo(view.path("cost").asString());
    assertThat(view.path("cost").asString()).isEqualTo(dollars(record.amountPico()));
    byte[] bytes = Base64.getUrlDecoder().decode(view.path("record").asString());
    assertThat(bytes).isEqualTo(record.bytes());
    assertThat(view.path("leaf_sha256").asString()).isEqualTo(UsageRecord.leaf(bytes));
    assertThat(view.path("ledger").path("entries").size()).isEqualTo(2);
  }

  /**
   * Thread: finopsfoundation/focus_validator#144. FOCUS wants cost = unit price × quantity exactly;
   * float64 fails that in rows that are right, so one float on the way would show here.
   */
  @Test
  void decimalsInFocus() {
    int floatsThatFail = 0;
    for (UsageRecord record : RECORDS) {
      JsonNode view = json("/internal/v1/requests/" + record.eventId());
      for (JsonNode line : view.path("lines")) {
        var millions = new BigDecimal(line.path("tokens").asString()).movePointLeft(6);
        var unitPrice = new BigDecimal(line.path("unit_price").asString());
        var cost = new BigDecimal(line.path("cost").asString());
        assertThat(unitPrice.multiply(millions)).isEqualByComparingTo(cost);
        if (unitPrice.doubleValue() * millions.doubleValue() != cost.doubleValue()) {
          floatsThatFail++;
        }
      }
    }
    assertThat(floatsThatFail).as("rows that float64 gets wrong").isPositive();
  }

  @Test
  void exportSumsToTheLedgerAndMatchesItsManifest() throws NoSuchAlgorithmException {
    var answer = billing.get("/internal/v1/exports/usage_records?format=csv");
    String run = answer.header("x-r1-export-id");
    JsonNode manifest = json("/internal/v1/exports/runs/" + run + "/manifest");
    List<String> lines = answer.body().lines().skip(1).toList();
    BigInteger sum = BigInteger.ZERO;
    for (String line : lines) {
      sum = sum.add(new BigInteger(line.split(",", -1)[COST_PICO]));
    }
    assertThat(sum).isEqualTo(billing.sum("-amount", "posted_entry where account = 'revenue'"));
    assertThat(manifest.path("sum_pico").path("USD").asString()).isEqualTo(sum.toString());
    assertThat(manifest.path("rows").asString()).isEqualTo("60");
    var sha256 = MessageDigest.getInstance("SHA-256");
    assertThat(manifest.path("sha256").asString())
        .isEqualTo(
            HexFormat.of()
                .formatHex(sha256.digest(answer.body().getBytes(StandardCharsets.UTF_8))));
    assertThat(billing.get("/internal/v1/exports/usage_records").body()).isEqualTo(answer.body());
  }

  /** A stream that goes on without some of its records has said nothing since its gap. */
  @Test
  void anExportIsCompleteOnlyUntilTheFirstGap() {
    Instant gap = billing.clock().instant();
    var samples = new Samples(new Random(9), billing.priceSha256(), gap);
    for (long seq = 5; seq <= 6; seq++) {
      byte[] batch = Samples.batch(77, 1, seq, List.of(samples.any(5)));
      assertThat(billing.postBatch(batch).status()).isEqualTo(409);
      billing.clock().advance(Duration.ofSeconds(30));
    }
    String run = billing.get("/internal/v1/exports/ledger_entries").header("x-r1-export-id");
    JsonNode manifest = json("/internal/v1/exports/runs/" + run + "/manifest");
    String through = manifest.path("complete_through").asString();
    assertThat(Instant.parse(through)).isBeforeOrEqualTo(gap);
    assertThat(json("/internal/v1/reconciliation").path("complete_through").asString())
        .isEqualTo(through);
  }

  @Test
  void ledgerExportAddsUpToZero() {
    var answer = billing.get("/internal/v1/exports/ledger_entries");
    String run = answer.header("x-r1-export-id");
    JsonNode manifest = json("/internal/v1/exports/runs/" + run + "/manifest");
    assertThat(manifest.path("sum_pico").path("USD").asString()).isEqualTo("0");
  }

  @Test
  void whatCannotBeAnsweredSaysWhy() {
    assertThat(billing.get("/internal/v1/exports/pets").text("code")).isEqualTo("unknown_dataset");
    assertThat(billing.get("/internal/v1/exports/runs/" + RECORDS.get(1).eventId() + "/manifest"))
        .extracting(BillingFixture.Answer::status)
        .isEqualTo(404);
    assertThat(billing.get("/internal/v1/requests/nobody").text("code")).isEqualTo("not_found");
    assertThat(billing.get("/internal/v1/requests?" + days + "&after=x").text("code"))
        .isEqualTo("invalid_request");
    assertThat(billing.get("/internal/v1/reports/usage?" + days + "&group_by=mood").text("code"))
        .isEqualTo("invalid_request");
  }

  private static long total(long tenant) {
    return RECORDS.stream()
        .filter(record -> tenant == 0 || record.tenantId() == tenant)
        .mapToLong(UsageRecord::amountPico)
        .sum();
  }

  private static String dollars(long pico) {
    return BigDecimal.valueOf(pico, 12).stripTrailingZeros().toPlainString();
  }

  private static JsonNode json(String path) {
    var answer = billing.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }
}
