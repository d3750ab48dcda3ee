package io.r1platform.billing.invoices;

import static io.r1platform.billing.invoices.InvoiceJson.commitment;
import static io.r1platform.billing.invoices.InvoiceJson.minor;
import static io.r1platform.billing.invoices.InvoiceJson.money;
import static io.r1platform.billing.invoices.InvoiceJson.note;
import static io.r1platform.billing.invoices.InvoiceJson.order;
import static io.r1platform.billing.invoices.InvoiceJson.path;
import static io.r1platform.billing.invoices.InvoiceJson.pico;
import static io.r1platform.billing.invoices.InvoiceJson.taxRule;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.adjustments.PeriodEnds;
import io.r1platform.billing.credit.LimitsJob;
import io.r1platform.billing.usage.InvoiceTraffic;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What an organization may still spend is its credit line less what it owes; what is told of months
 * is what was done in them.
 */
class OwedIT {
  private static final BigInteger CENT = BigInteger.valueOf(10_000_000_000L);
  private static final BigInteger LINE = BigInteger.TEN.pow(14);
  private static BillingFixture billing;
  private static InvoiceTraffic traffic;
  private static Closing closing;
  private static Instant begin;
  private static long last = 25_000;

  private final long organization = ++last;
  private final Books books = new Books();
  private final List<JsonNode> invoices = new ArrayList<>();
  private @Nullable YearMonth done;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    traffic = new InvoiceTraffic(billing, new Random(58));
    closing = new Closing(billing);
    begin = billing.clock().instant();
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @BeforeEach
  void itHasCreditAndNothingWasUsed() {
    billing.clock().set(begin);
    assertThat(room()).isEqualTo(LINE);
  }

  @AfterEach
  void conservationLawHolds() {
    assertThat(billing.lawBroken()).isEmpty();
  }

  @Test
  void taxTakesRoomUntilItIsPaidAndRaisesNoLimitForGood() {
    vat();
    charge(10_000_000);
    assertRoom();
    nextMonth();
    finalizeMonths();
    assertThat(books.owed()).isEqualTo(CENT.multiply(BigInteger.valueOf(2409)));
    assertRoom();
    pay(CENT.multiply(BigInteger.valueOf(2409)));
    assertThat(room()).isEqualTo(LINE);
  }

  @Test
  void whatTiersGiveBackIsRoomAgain() {
    BigInteger before = room();
    Instant from = now().plus(Duration.ofHours(1));
    String version = traffic.contract(organization, from, 10);
    billing.clock().set(from.plusSeconds(60));
    for (int i = 0; i < 5; i++) {
      traffic.chargeBy(version, 10, organization, from.plusSeconds(60));
    }
    YearMonth used = month();
    nextMonth();
    closing.draft(organization, used); // settles the tiers
    BigInteger owed = ledger("accrued");
    assertThat(ledger("revenue").negate()).as("after the tiers").isLessThan(spent());
    assertThat(before.subtract(room())).isEqualTo(owed).isPositive();
  }

  /** An organization that nobody gave terms begins at the default, whatever moved it since. */
  @Test
  void theFirstTermsAreWhatTheBudgetBeganWith() {
    charge(5_000_000);
    vat();
    commit(CENT.multiply(BigInteger.valueOf(5_000)));
    nextMonth();
    finalizeMonths();
    JsonNode state = billing.get(credit("")).json();
    assertThat(pico(state, "credit_limit")).isEqualTo(LINE);
    assertRoom();
  }

  /** An earlier release moved limits by payments and not by invoices. */
  @Test
  void aLimitThatStrayedIsSetRightByTheJob() {
    charge(1_000_000);
    pay(CENT.multiply(BigInteger.TEN)); // gives it terms
    BigInteger right = room();
    billing
        .sql()
        .sql(
            "update budget set limit_pico = limit_pico + 5 where scope = 'CREDIT' and scope_id = ?")
        .param(organization)
        .update();
    assertThat(room()).isNotEqualTo(right);
    new LimitsJob(billing).runOnAnotherDay();
    assertThat(room()).isEqualTo(right);
  }

  /** What moved its limit is on no ledger, and it has no line of its own to compare with. */
  @Test
  void theLimitOfOneThatNobodyGaveTermsIsSetRightToo() {
    charge(1_000_000);
    BigInteger right = room();
    LimitsJob job = new LimitsJob(billing);
    job.runOnAnotherDay();
    assertThat(room()).isEqualTo(right);
    billing
        .sql()
        .sql(
            """
            with moved as (
              update budget set limit_pico = limit_pico + 5
              where scope = 'CREDIT' and scope_id = ? returning budget_id)
            insert into credit_change (budget_id, delta, reason, at)
            select budget_id, 5, 'an earlier release', now() from moved
            """)
        .param(organization)
        .update();
    assertThat(room()).isNotEqualTo(right);
    job.runOnAnotherDay();
    assertThat(room()).isEqualTo(right);
  }

  /** The rule gets another rate between the month that is below 0 and the next. */
  @Test
  void whatIsCarriedKeepsTheTaxThatItWasIn() {
    String old = vat();
    ok(post(credit("top-ups"), money(200_000)));
    Instant from = now().plus(Duration.ofHours(1));
    String version = traffic.contract(organization, from, 10);
    billing.clock().set(from.plusSeconds(60));
    for (int i = 0; i < 5; i++) {
      traffic.chargeBy(version, 10, organization, now());
    }
    YearMonth below = month();
    nextMonth();
    JsonNode carried = carried(closing.finalizeMonth(organization, below));
    assertThat(pico(carried, "amount_pico").signum()).isPositive();
    YearMonth next = month();
    ok(
        post(
            "/internal/v1/tax-rules/" + old + "/close",
            "{\"actor\": \"ada\", \"to\": \"%s\"}".formatted(next.atDay(1))));
    rule(200_000, next.atDay(1).toString());
    for (int i = 0; i < 100; i++) {
      traffic.chargeBy(version, 10, organization, now());
    }
    nextMonth();
    JsonNode taken = carried(closing.finalizeMonth(organization, next));
    assertThat(pico(taken, "amount_pico")).isEqualTo(pico(carried, "amount_pico").negate());
    assertThat(taken.path("tax_code").asString()).isEqualTo("VAT");
    assertThat(taken.path("tax_ppm").asInt()).isEqualTo(100_000);
  }

  private static JsonNode carried(JsonNode invoice) {
    for (JsonNode line : invoice.path("lines")) {
      if (line.path("kind").asString().equals("CARRIED")) {
        return line;
      }
    }
    throw new AssertionError("nothing is carried: " + invoice);
  }

  /** Whatever happens in whatever order. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyOperationsLeaveRoomAndMonthsAsJavaAddsThemUp(long seed) {
    var random = new Random(seed);
    vat();
    commit(CENT.multiply(BigInteger.valueOf(300)));
    YearMonth first = month();
    charge(1 + random.nextInt(1_000_000));
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(9)) {
        case 0 -> give("top-ups", random);
        case 1 -> give("grants", random);
        case 2 -> pay(BigInteger.valueOf(1 + random.nextLong(3_000_000_000_000L)));
        case 3 -> finalizeMonths();
        case 4 -> makeVoid(random);
        case 5 -> giveBack(random);
        case 6 -> pass(Duration.ofHours(1 + random.nextInt(300)));
        default -> charge(1 + random.nextInt(1_500_000));
      }
      assertRoom();
    }
    nextMonth();
    finalizeMonths();
    assertRoom();
    assertMonths(first, month().plusMonths(3));
    assertThat(invoices).isNotEmpty();
  }

  private void pass(Duration time) {
    billing.clock().advance(time);
    billing.bean(PeriodEnds.class).settle();
    books.settle(month());
  }

  private void assertMonths(YearMonth first, YearMonth until) {
    JsonNode months =
        billing
            .get(
                "/internal/v1/reports/revenue?organization_id=%d&from=%s&until=%s"
                    .formatted(organization, first, until))
            .json()
            .path("months");
    YearMonth month = first;
    for (JsonNode told : months) {
      assertThat(told.path("month").asString()).isEqualTo(month.toString());
      for (Books.Column column : Books.Column.values()) {
        String member = column.name().toLowerCase(Locale.ROOT) + "_pico";
        assertThat(pico(told, member)).as(month + " " + column).isEqualTo(books.of(column, month));
      }
      month = month.plusMonths(1);
    }
    assertThat(month).isEqualTo(until);
  }

  private void charge(int tokens) {
    Instant at = now();
    books.charge(at, BigInteger.valueOf(traffic.charge(organization, at, tokens)));
  }

  private void give(String what, Random random) {
    BigInteger amount = BigInteger.valueOf(1 + random.nextLong(3_000_000_000_000L));
    Instant end =
        random.nextInt(3) == 0 ? null : now().plus(Duration.ofHours(1 + random.nextInt(1_000)));
    String until = end == null ? "" : ", \"expires_at\": \"%s\"".formatted(end);
    ok(post(credit(what), orderOf(amount, until)));
    books.credit(what.equals("top-ups"), now(), end, amount);
  }

  private void pay(BigInteger amount) {
    ok(post(credit("payments"), money(amount.longValueExact())));
    books.pay(now(), amount);
  }

  private void commit(BigInteger minimum) {
    ok(
        post(
            "/internal/v1/commitments",
            commitment(organization, month(), minimum.longValueExact())));
    books.commit(month(), minimum);
  }

  @Test
  void taxRulesAreListedPageByPage() {
    for (int i = 0; i < 3; i++) {
      String members =
          "{\"code\": \"PAGE%d\", \"rate_ppm\": 1, \"organization_id\": \"99100%d\""
              .formatted(i, i);
      ok(post("/internal/v1/tax-rules", taxRule(members, "2026-01-01")));
    }
    List<String> whole = new ArrayList<>();
    rules("limit=1000", whole);
    List<String> paged = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = rules("limit=2" + after, paged);
      assertThat(page.path("tax_rules").size()).isLessThanOrEqualTo(2);
      after = page.path("next").isNull() ? "" : "&after=" + page.path("next").asString();
    } while (!after.isEmpty());
    assertThat(paged).isEqualTo(whole).startsWith("PAGE2", "PAGE1", "PAGE0");
    List<String> oldest = new ArrayList<>();
    rules("limit=1000&descending=false", oldest);
    assertThat(oldest).isEqualTo(whole.reversed());
    assertThat(billing.get("/internal/v1/tax-rules?limit=1001").status()).isEqualTo(400);
  }

  /** Neither drafts nor what others were sent; what is asked for is what nothing covers yet. */
  @Test
  void anOrganizationIsToldOfWhatItWasSent() {
    charge(10_000_000);
    YearMonth first = month();
    nextMonth();
    JsonNode draft = closing.draft(organization, first);
    String own = "/internal/v1/organizations/%d/invoices".formatted(organization);
    assertThat(sent(own)).isEmpty();
    assertThat(billing.get(own + "/" + id(draft)).status()).isEqualTo(404);
    charge(10_000_000);
    finalizeMonths();
    JsonNode invoice = invoices.getFirst();
    assertThat(sent(own)).containsExactly(id(invoice));
    pay(CENT);
    String part = ", \"lines\": [{\"line_no\": 1, \"amount_minor\": \"7\"}]";
    Answer note = post(path(invoice) + "/credit-notes", note(UUID.randomUUID(), part));
    ok(note);
    JsonNode told = billing.get(own + "/" + id(invoice)).json();
    assertThat(told.path("invoice"))
        .isEqualTo(billing.get(path(invoice)).json())
        .isNotEqualTo(invoice);
    assertThat(told.path("credited").asString()).isEqualTo("0.07");
    assertThat(told.at("/invoice/paid").asString()).isEqualTo("0.01");
    assertThat(minor(told, "due"))
        .isEqualTo(minor(invoice, "total").subtract(BigInteger.valueOf(8)));
    assertThat(told.path("bundle").asBoolean(true)).isFalse();
    nextMonth();
    finalizeMonths();
    JsonNode gone = closing.order(path(invoices.getLast()) + "/void", "");
    closing.draft(organization, first.plusMonths(1));
    JsonNode page = billing.get(own + "?limit=1").json();
    assertThat(page.at("/invoices/0/invoice/status").asString()).isEqualTo("void");
    assertThat(page.at("/invoices/0/due").asString()).isEqualTo("0.00");
    assertThat(page.path("next").asString()).isEqualTo(id(gone));
    assertThat(sent(own)).containsExactly(id(gone), id(note.json()), id(invoice));
    assertThat(sent(own + "?after=" + id(gone))).containsExactly(id(note.json()), id(invoice));
    assertThat(sent(own + "?after=" + id(invoice))).isEmpty();
    String others = own.replace("/" + organization, "/" + ++last);
    assertThat(sent(others)).isEmpty();
    assertThat(sent(others + "?after=" + id(gone))).isEmpty();
    assertThat(billing.get(others + "/" + id(invoice)).status()).isEqualTo(404);
  }

  private static List<String> sent(String path) {
    Answer answer = billing.get(path);
    ok(answer);
    List<String> ids = new ArrayList<>();
    answer.json().path("invoices").forEach(one -> ids.add(id(one.path("invoice"))));
    return ids;
  }

  private static String id(JsonNode invoice) {
    return invoice.path("invoice_id").asString();
  }

  private static JsonNode rules(String query, List<String> codes) {
    JsonNode page = billing.get("/internal/v1/tax-rules?" + query).json();
    page.path("tax_rules").forEach(rule -> codes.add(rule.path("code").asString()));
    return page;
  }

  private String vat() {
    return rule(100_000, "2026-01-01");
  }

  /** Its id. */
  private String rule(int ppm, String from) {
    String members =
        "{\"code\": \"VAT\", \"rate_ppm\": %d, \"organization_id\": \"%d\""
            .formatted(ppm, organization);
    Answer made = post("/internal/v1/tax-rules", taxRule(members, from));
    ok(made);
    return made.text("tax_rule_id");
  }

  /** All months that are over and not invoiced, in their order. */
  private void finalizeMonths() {
    YearMonth of =
        done == null ? YearMonth.from(begin.atOffset(ZoneOffset.UTC)) : done.plusMonths(1);
    for (; of.isBefore(month()); of = of.plusMonths(1)) {
      books.settle(month());
      if (billing.bean(Invoices.class).build(organization, "USD", of).isPresent()) {
        JsonNode invoice = closing.finalizeMonth(organization, of);
        done = of;
        invoices.add(invoice);
        invoice(invoice, 1);
      }
    }
  }

  private void invoice(JsonNode invoice, int sign) {
    books.invoice(
        now(),
        sign,
        pico(invoice, "net_pico"),
        pico(invoice, "rounding_pico"),
        minor(invoice, "tax").multiply(CENT));
  }

  private void makeVoid(Random random) {
    if (!invoices.isEmpty()) {
      JsonNode invoice = invoices.get(random.nextInt(invoices.size()));
      if (post(path(invoice) + "/void", order(UUID.randomUUID(), "a test")).status() == 200) {
        invoices.remove(invoice);
        invoice(invoice, -1);
      }
    }
  }

  private void giveBack(Random random) {
    if (!invoices.isEmpty()) {
      JsonNode invoice = invoices.get(random.nextInt(invoices.size()));
      String some = ", \"lines\": [{\"line_no\": 1, \"amount_minor\": \"7\"}]";
      Answer note =
          post(
              path(invoice) + "/credit-notes",
              note(UUID.randomUUID(), random.nextBoolean() ? some : ""));
      if (note.status() == 200) {
        books.note(
            now(),
            minor(note.json(), "net").multiply(CENT),
            minor(note.json(), "tax").multiply(CENT));
      }
    }
  }

  private void assertRoom() {
    new LimitsJob(billing).run();
    assertThat(room()).isEqualTo(LINE.subtract(books.owed()).add(books.left(now())));
  }

  private BigInteger room() {
    JsonNode balance =
        billing.get("/internal/v1/organizations/%d/balance".formatted(organization)).json();
    return pico(balance, "limit").subtract(pico(balance, "used"));
  }

  private BigInteger spent() {
    return billing.sum("amount", "usage_hourly where tenant_id = " + organization);
  }

  private BigInteger ledger(String account) {
    return billing.sum(
        "amount",
        "posted_entry where account = '%s' and tenant_id = %d".formatted(account, organization));
  }

  private String credit(String what) {
    return "/internal/v1/organizations/%d/credit/%s"
        .formatted(organization, what)
        .replaceAll("/$", "");
  }

  private static String orderOf(BigInteger amount, String more) {
    return "{\"command_id\": \"%s\", \"actor\": \"ada\", \"amount\": \"%s\"%s}"
        .formatted(UUID.randomUUID(), amount, more);
  }

  private static void nextMonth() {
    billing
        .clock()
        .set(month().plusMonths(1).atDay(2).atStartOfDay().plusHours(1).toInstant(ZoneOffset.UTC));
  }

  private static Instant now() {
    return billing.clock().instant();
  }

  private static YearMonth month() {
    return YearMonth.from(now().atOffset(ZoneOffset.UTC));
  }

  private static void ok(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static Answer post(String path, String json) {
    return billing.postJson(path, BillingFixture.GATEWAY, json);
  }
}
