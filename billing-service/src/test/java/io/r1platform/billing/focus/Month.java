package io.r1platform.billing.focus;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.adjustments.PeriodEnds;
import io.r1platform.billing.invoices.Closing;
import io.r1platform.billing.usage.FocusTraffic;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Four months of a platform: two with every kind of charge, one more that is closed, and one in
 * which what belongs to the first is found at last. The months lie ahead of today, since a contract
 * is published before it holds.
 */
final class Month {
  /** Pays afterwards, by a contract with off-peak hours, tiers, a minimum and a tax. */
  static final long CONTRACT = 901;

  /** Pays ahead, with a gift. */
  static final long PREPAID = 902;

  /** Was charged by the wrong price, and has an invoice that was made void. */
  static final long CORRECTED = 903;

  /** Pays ahead for all, at prices with tiers. */
  static final long TIERED = 904;

  /** Bought credit, and used nothing. */
  static final long BUYER = 905;

  /** Used little in two months, of which the first's invoice was made void at last. */
  static final long LEAVER = 906;

  /** Was given back more than it owed the month after. */
  static final long CARRIER = 907;

  /** From the first on. */
  static final int MONTHS = 4;

  private static final long TAKEN_BACK = 1_000_000_000_000L;
  private static final long TAKEN_BACK_LATE = 500_000_000_000L;

  private final BillingFixture billing;
  private final FocusTraffic traffic;
  private final Closing closing;
  private final Random random = new Random(14);
  final YearMonth first;

  private JsonNode left = MissingNode.getInstance();
  private JsonNode third = MissingNode.getInstance();

  Month(BillingFixture billing) {
    this.billing = billing;
    this.traffic = new FocusTraffic(billing, random);
    this.closing = new Closing(billing);
    Instant soon = billing.clock().instant().plus(Duration.ofHours(1));
    this.first = YearMonth.from(soon.atOffset(ZoneOffset.UTC)).plusMonths(1);
  }

  Instant from() {
    return at(first, 1, 0);
  }

  Instant to() {
    return at(first.plusMonths(MONTHS), 1, 0);
  }

  /** The n-th month's begin, from 0 on. */
  Instant begin(int n) {
    return at(first.plusMonths(n), 1, 0);
  }

  /** What happened in the first month, before it ended. */
  void run() {
    traffic.contract(CONTRACT, from());
    traffic.contract(TIERED, from());
    billing.clock().set(at(first, 1, 0));
    tax();
    order(
        "/internal/v1/commitments",
        ", \"organization_id\": \"%d\", \"from\": \"%s\", \"until\": \"%s\", \"minimum_pico\":"
                .formatted(CONTRACT, first, first.plusMonths(1))
            + " \"9000000000001\"");
    for (int day = 1; day <= 28; day++) {
      billing.clock().set(at(first, day, 1));
      if (day == 3) {
        credit(PREPAID, "top-ups", 30_000_000_000L, "");
        credit(PREPAID, "top-ups", TAKEN_BACK, effective(at(first.plusMonths(2), 1, 0)));
        credit(PREPAID, "top-ups", TAKEN_BACK_LATE, effective(at(first.plusMonths(2), 1, 0)));
        credit(PREPAID, "grants", 12_345_678_901L, "");
        credit(BUYER, "top-ups", 7_000_000_000L, "");
        credit(TIERED, "top-ups", 2_000_000_000_000L, expires(at(first, 27, 0)));
      }
      usageOf(day);
      billing.clock().set(at(first, day, 23));
    }
    takeBack(PREPAID, TAKEN_BACK);
  }

  private void usageOf(int day) {
    for (int hour : new int[] {2, 2, 7, 9, 15, 22}) {
      if (random.nextInt(3) > 0) {
        Instant moment = at(first, day, hour).plusSeconds(random.nextInt(3_000));
        billing.clock().set(moment.plusSeconds(5));
        traffic.charge(CONTRACT, moment, random.nextInt(5) == 0);
        traffic.charge(TIERED, moment, false);
        traffic.list(PREPAID, moment, random.nextInt(900), 500, 700, random.nextInt(900));
        traffic.list(CORRECTED, moment, 100, 200, 300, 400);
        traffic.list(LEAVER, moment, 0, 0, 30_000, 40_000);
        traffic.list(CARRIER, moment, 0, 0, 30_000, 40_000);
      }
    }
  }

  /** The first month is closed, and what comes late or is corrected goes to the second. */
  void close() {
    billing.clock().set(at(first.plusMonths(1), 2, 2));
    JsonNode invoice = closing.finalizeMonth(CONTRACT, first);
    closing.finalizeMonth(PREPAID, first);
    closing.finalizeMonth(TIERED, first);
    closing.finalizeMonth(CARRIER, first);
    left = closing.finalizeMonth(LEAVER, first);
    JsonNode wrong = closing.finalizeMonth(CORRECTED, first);
    closing.order(path(wrong) + "/void", "");
    closing.finalizeMonth(CORRECTED, first);
    billing.clock().set(at(first.plusMonths(1), 4, 10));
    traffic.charge(CONTRACT, at(first, 27, 10), false);
    traffic.charge(CONTRACT, at(first, 3, 3), false);
    traffic.rerate(
        CORRECTED, at(first, 2, 0), at(first, 9, 0), at(first.plusMonths(3), 1, 0), 1_234_567);
    traffic.rerate(
        CARRIER, at(first, 1, 0), at(first, 29, 0), at(first.plusMonths(3), 1, 0), 100_000);
    traffic.list(CARRIER, at(first.plusMonths(1), 4, 9), 0, 0, 3_000, 4_000);
    credit(PREPAID, "top-ups", 3_000_000_000L, "");
    traffic.list(PREPAID, at(first.plusMonths(1), 4, 3), 10, 20, 3_000, 4_000);
    traffic.charge(CONTRACT, at(first.plusMonths(1), 4, 9), false);
    traffic.list(CORRECTED, at(first.plusMonths(1), 4, 9), 0, 0, 90_000, 700_000);
    traffic.list(LEAVER, at(first.plusMonths(1), 4, 9), 0, 0, 90_000, 700_000);
    traffic.charge(TIERED, at(first.plusMonths(1), 4, 9), false);
    giveBack(invoice, "SHORTFALL", 100);
    takeBack(PREPAID, TAKEN_BACK_LATE);
    billing.clock().set(at(first.plusMonths(1), 28, 2));
    traffic.confirm(PREPAID, at(first, 20, 5));
  }

  /** And the second month too. */
  void closeTheNext() {
    billing.clock().set(at(first.plusMonths(2), 2, 2));
    closing.finalizeMonth(CONTRACT, first.plusMonths(1));
    closing.finalizeMonth(PREPAID, first.plusMonths(1));
    closing.finalizeMonth(CORRECTED, first.plusMonths(1));
    closing.finalizeMonth(TIERED, first.plusMonths(1));
    closing.finalizeMonth(CARRIER, first.plusMonths(1));
    giveBack(closing.finalizeMonth(LEAVER, first.plusMonths(1)), "USAGE", 1);
    closing.order(path(left) + "/void", "");
  }

  void closeTheThird() {
    traffic.charge(CONTRACT, at(first.plusMonths(2), 2, 1), false);
    traffic.list(CORRECTED, at(first.plusMonths(2), 2, 1), 100, 200, 300, 400);
    traffic.list(CARRIER, at(first.plusMonths(2), 2, 1), 0, 0, 0, 9_000_000);
    billing.clock().set(at(first.plusMonths(3), 2, 2));
    closing.finalizeMonth(CONTRACT, first.plusMonths(2));
    closing.finalizeMonth(CARRIER, first.plusMonths(2));
    third = closing.finalizeMonth(CORRECTED, first.plusMonths(2));
  }

  /** One invoice of it; no other is made. */
  void voidTheThird() {
    closing.order(path(third) + "/void", "");
  }

  /** A record of the first month is confirmed in the fourth: its tiers and minimum follow. */
  void correctTheFirstAtLast() {
    billing.clock().set(at(first.plusMonths(3), 4, 10));
    traffic.confirmCharged(CONTRACT, at(first, 20, 12));
    assertThat(billing.bean(PeriodEnds.class).settle()).isPositive();
  }

  private void tax() {
    Answer made =
        billing.postJson(
            "/internal/v1/tax-rules",
            BillingFixture.GATEWAY,
            """
            {"code": "VAT", "rate_ppm": 100000, "organization_id": "%d", "label": "VAT",
             "from": "%s", "command_id": "%s", "actor": "ada"}
            """
                .formatted(CONTRACT, first.atDay(1), UUID.randomUUID()));
    assertThat(made.status()).as(made.body()).isEqualTo(200);
  }

  private void credit(long tenant, String what, long amount, String more) {
    order(
        "/internal/v1/organizations/" + tenant + "/credit/" + what,
        ", \"amount\": \"" + amount + "\"" + more);
  }

  /** So many cents of the first line of that kind. */
  private void giveBack(JsonNode invoice, String kind, int cents) {
    String line =
        invoice
            .path("lines")
            .valueStream()
            .filter(one -> one.path("kind").asString().equals(kind))
            .findFirst()
            .orElseThrow()
            .path("line_no")
            .asString();
    closing.order(
        path(invoice) + "/credit-notes",
        ", \"lines\": [{\"line_no\": %s, \"amount_minor\": \"%d\"}]".formatted(line, cents));
  }

  private static String effective(Instant at) {
    return ", \"effective_at\": \"" + at + "\"";
  }

  private static String expires(Instant at) {
    return ", \"expires_at\": \"" + at + "\"";
  }

  /** A top-up that nobody drew from yet. */
  private void takeBack(long tenant, long amount) {
    String journal =
        billing
            .sql()
            .sql("select journal_id::text from credit_grant where tenant_id = ? and amount = ?")
            .params(tenant, java.math.BigDecimal.valueOf(amount))
            .query(String.class)
            .single();
    order(
        "/internal/v1/organizations/" + tenant + "/credit/reversals",
        ", \"journal_id\": \"" + journal + "\"");
  }

  private void order(String path, String members) {
    closing.order(path, members);
  }

  private static String path(JsonNode invoice) {
    return "/internal/v1/invoices/" + invoice.path("invoice_id").asString();
  }

  private static Instant at(YearMonth month, int day, int hour) {
    return month.atDay(day).atTime(hour, 0).toInstant(ZoneOffset.UTC);
  }
}
