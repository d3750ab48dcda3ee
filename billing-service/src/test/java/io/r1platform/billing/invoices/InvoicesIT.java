package io.r1platform.billing.invoices;

import static io.r1platform.billing.invoices.InvoiceJson.commitment;
import static io.r1platform.billing.invoices.InvoiceJson.lines;
import static io.r1platform.billing.invoices.InvoiceJson.minor;
import static io.r1platform.billing.invoices.InvoiceJson.minors;
import static io.r1platform.billing.invoices.InvoiceJson.money;
import static io.r1platform.billing.invoices.InvoiceJson.note;
import static io.r1platform.billing.invoices.InvoiceJson.order;
import static io.r1platform.billing.invoices.InvoiceJson.path;
import static io.r1platform.billing.invoices.InvoiceJson.pico;
import static io.r1platform.billing.invoices.InvoiceJson.taxRule;
import static io.r1platform.billing.invoices.InvoiceJson.waiver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.usage.InvoiceTraffic;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Months become invoices; each test has its own organizations. All times follow the clock. */
class InvoicesIT {
  private static final BigInteger CENT = BigInteger.valueOf(10_000_000_000L);
  private static final Random RANDOM = new Random(52);
  private static BillingFixture billing;
  private static InvoiceTraffic traffic;
  private static Instant now;
  private static YearMonth month;
  private static long last = 5_000;

  private final long organization = ++last;

  @BeforeAll
  static void start() {
    billing = new BillingFixture().dryFirst(io.r1platform.billing.DryFirst.invoices());
    traffic = new InvoiceTraffic(billing, RANDOM);
    now = billing.clock().instant();
    month = YearMonth.from(now.atOffset(ZoneOffset.UTC));
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @BeforeEach
  void theMonthRuns() {
    billing.clock().set(now);
  }

  @AfterEach
  void conservationLawHolds() {
    assertThat(billing.lawBroken()).isEmpty();
  }

  @Test
  void usageIsLedgerIsLinesToThePico() {
    for (int round = 0; round < 6; round++) {
      long tenant = ++last;
      billing.clock().set(now);
      if (round % 2 == 1) {
        give(tenant, "grants", RANDOM.nextLong(1, 60_000_000_000L));
        give(tenant, "top-ups", RANDOM.nextLong(1, 60_000_000_000L));
      }
      if (round % 3 == 2) {
        commit(tenant, 700_000_000_000L);
      }
      for (int i = RANDOM.nextInt(25); i >= 0; i--) {
        traffic.chargeAny(tenant, now.plusMillis(RANDOM.nextInt(1_000)));
      }
      vat(tenant);
      theMonthEnds();
      JsonNode draft = build(tenant);
      BigInteger used = billing.sum("amount_pico", "usage_record where tenant_id = " + tenant);
      assertThat(lines(draft, "USAGE")).as("round %d", round).isEqualTo(used);
      assertThat(lines(draft, "CREDIT").signum()).as("round %d", round).isEqualTo(-(round % 2));
      assertThat(pico(draft, "net_pico"))
          .as("round %d", round)
          .isEqualTo(account(tenant, "accrued"));
      JsonNode done = finalizeAll(tenant, draft);
      BigInteger net = minor(done, "net").multiply(CENT);
      BigInteger tax = minor(done, "tax").multiply(CENT);
      assertThat(account(tenant, "accrued")).isZero();
      assertThat(account(tenant, "receivable")).isEqualTo(net.add(tax));
      assertThat(account(tenant, "tax_payable")).isEqualTo(tax.negate());
      assertThat(account(tenant, "rounding"))
          .isEqualTo(pico(done, "net_pico").subtract(net))
          .isEqualTo(pico(done, "rounding_pico").negate());
      assertThat(minors(done)).isEqualTo(minor(done, "total"));
      for (JsonNode line : done.path("lines")) {
        if (line.path("kind").asString().equals("USAGE")) {
          assertThat(pico(line, "quantity").multiply(pico(line, "unit_pico")))
              .isEqualTo(pico(line, "amount_pico"));
          assertThat(line.path("price_version").asString()).hasSize(64);
          assertThat(line.path("sku").asString()).matches("r1-.*-(hit|miss|reasoning|output).*");
        }
      }
    }
  }

  @Test
  void tiersAreOnTheInvoice() {
    Instant from = now.plus(Duration.ofHours(1));
    String version = traffic.contract(organization, from, 10);
    Instant at = from.plusSeconds(60);
    billing.clock().set(at);
    YearMonth used = YearMonth.from(at.atOffset(ZoneOffset.UTC));
    for (int i = 0; i < 5; i++) {
      traffic.chargeBy(version, 10, organization, at);
    }
    billing.clock().set(first(used.plusMonths(1)).plus(Duration.ofHours(25)));
    JsonNode draft = build(organization, used);
    assertThat(lines(draft, "TIER").signum()).isNegative();
    assertThat(pico(draft, "net_pico")).isEqualTo(account(organization, "accrued"));
    finalizeAll(organization, draft);
    assertThat(account(organization, "accrued")).isZero();
  }

  @Test
  void whatComesLateIsOnTheNextInvoiceUnderItsOwnMonth() {
    charge(1_000);
    theMonthEnds();
    JsonNode first = finalizeAll(organization, build(organization));
    charge(2_000_000);
    assertThat(build(organization).path("net_pico")).isEqualTo(first.path("net_pico"));
    Instant next = first(month.plusMonths(1)).plus(Duration.ofHours(20));
    traffic.chargeAny(organization, next);
    billing.clock().set(first(month.plusMonths(2)).plus(Duration.ofHours(25)));
    JsonNode second = build(organization, month.plusMonths(1));
    assertThat(second.path("lines"))
        .anySatisfy(
            line -> {
              assertThat(line.path("month").asString()).isEqualTo(month.toString());
              assertThat(line.path("quantity").asString()).isEqualTo("2000000");
            });
    assertThat(pico(second, "net_pico")).isEqualTo(account(organization, "accrued"));
    finalizeAll(organization, second);
    assertThat(account(organization, "accrued")).isZero();
  }

  @Test
  void aVoidInvoiceKeepsItsNumberAndFreesItsUsage() {
    charge(1_000_000);
    theMonthEnds();
    JsonNode done = finalizeAll(organization, build(organization));
    UUID command = UUID.randomUUID();
    String path = path(done) + "/void";
    Answer gone = ok(post(path, order(command, "wrong address")));
    assertThat(gone.text("status")).isEqualTo("void");
    assertThat(gone.text("number")).isEqualTo(done.path("number").asString());
    assertThat(post(path, order(command, "wrong address")).body()).isEqualTo(gone.body());
    assertThat(post(path, order(UUID.randomUUID(), "again")).status()).isEqualTo(409);
    assertThat(account(organization, "receivable")).isZero();
    JsonNode again = build(organization);
    assertThat(again.path("net_pico")).isEqualTo(done.path("net_pico"));
    JsonNode second = finalizeAll(organization, again);
    assertThat(second.path("number")).isNotEqualTo(done.path("number"));
    assertThat(account(organization, "accrued")).isZero();
  }

  @Test
  void whatIsPaidIsNotMadeVoid() {
    charge(1_000_000);
    theMonthEnds();
    JsonNode done = finalizeAll(organization, build(organization));
    give(organization, "payments", 10_000_000_000L);
    assertThat(get(done).path("paid").asString()).isEqualTo("0.01");
    Answer refused = post(path(done) + "/void", order(UUID.randomUUID(), "no"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body()).contains("Money is on it");
  }

  @Test
  void aCreditNoteGivesBackLinesWithTheirTaxAndNeverMoreThanThereIs() {
    vat(organization);
    charge(10_000_000);
    theMonthEnds();
    JsonNode done = finalizeAll(organization, build(organization));
    assertThat(done.path("net").asString()).isEqualTo("21.90");
    assertThat(done.path("tax").asString()).isEqualTo("2.19");
    BigInteger revenue = account(organization, "revenue");
    UUID command = UUID.randomUUID();
    String part = note(command, ", \"lines\": [{\"line_no\": 1, \"amount_minor\": \"1005\"}]");
    Answer note = ok(post(path(done) + "/credit-notes", part));
    assertThat(note.text("number")).startsWith("R1-CN-");
    assertThat(note.text("net")).isEqualTo("-10.05");
    assertThat(note.text("tax")).isEqualTo("-1.00");
    assertThat(note.json().at("/reference/number")).isEqualTo(done.path("number"));
    assertThat(post(path(done) + "/credit-notes", part).body()).isEqualTo(note.body());
    assertThat(account(organization, "revenue").subtract(revenue))
        .isEqualTo(CENT.multiply(BigInteger.valueOf(1005)));
    String much = ", \"lines\": [{\"line_no\": 1, \"amount_minor\": \"1186\"}]";
    assertThat(post(path(done) + "/credit-notes", note(UUID.randomUUID(), much)).body())
        .contains("so much is left: 1185");
    Answer rest = post(path(done) + "/credit-notes", note(UUID.randomUUID(), ""));
    assertThat(rest.text("total")).isEqualTo("-13.04");
    assertThat(account(organization, "receivable")).isZero();
    assertThat(account(organization, "tax_payable")).isZero();
    assertThat(post(path(done) + "/credit-notes", note(UUID.randomUUID(), "")).status())
        .isEqualTo(400);
    assertThat(post(path(done) + "/void", order(UUID.randomUUID(), "no")).body())
        .contains("credit note");
  }

  @Test
  void numbersHaveNoGapHoweverManyFinalizeAndFail() throws Exception {
    JdbcClient owner = JdbcClient.create(billing.database().dataSource("r1_billing_owner"));
    var tenants = new ArrayList<Long>();
    for (int i = 0; i < 8; i++) {
      tenants.add(++last);
      billing.clock().set(now);
      traffic.charge(last, now.minusSeconds(1), 0, 10_000, 0, 10);
    }
    theMonthEnds();
    var drafts = new ArrayList<JsonNode>();
    for (long tenant : tenants) {
      drafts.add(waiveAll(build(tenant)));
    }
    owner
        .sql(
            """
            create function fail_at_commit() returns trigger language plpgsql as $$
            begin
              if new.status = 'finalized' and new.tenant_id = %d then
                raise exception 'the machine died';
              end if;
              return null;
            end $$
            """
                .formatted(tenants.getFirst()))
        .update();
    owner
        .sql(
            """
            create constraint trigger died after update on invoice
              deferrable initially deferred for each row execute function fail_at_commit()
            """)
        .update();
    List<Integer> statuses = finalizeAtOnce(drafts);
    assertThat(statuses).filteredOn(status -> status == 200).hasSize(14);
    assertThat(get(drafts.getFirst()).path("status").asString()).isEqualTo("draft");
    assertThat(account(tenants.getFirst(), "receivable")).isZero();
    owner.sql("drop trigger died on invoice").update();
    assertThat(finalizeAtOnce(drafts)).containsOnly(200);
    assertThat(account(tenants.getFirst(), "accrued")).isZero();
    assertThat(billing.sum("1", "invoice_broken")).isZero();
  }

  /** Two at once for each. */
  private static List<Integer> finalizeAtOnce(List<JsonNode> drafts)
      throws InterruptedException, ExecutionException {
    var statuses = new ArrayList<Integer>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Answer>>();
      for (JsonNode draft : drafts) {
        for (int i = 0; i < 2; i++) {
          answers.add(
              threads.submit(
                  () -> post(path(draft) + "/finalize", order(UUID.randomUUID(), "now"))));
        }
      }
      for (Future<Answer> answer : answers) {
        statuses.add(answer.get().status());
      }
    }
    return statuses;
  }

  @Test
  void whatIsFinalizedIsImmutableForTheServiceAndTheOwner() {
    charge(1_000_000);
    theMonthEnds();
    String id = finalizeAll(organization, build(organization)).path("invoice_id").asString();
    JdbcClient owner = JdbcClient.create(billing.database().dataSource("r1_billing_owner"));
    JdbcClient service = JdbcClient.create(billing.database().dataSource("r1_billing"));
    for (String sql :
        List.of(
            "update invoice set net_minor = 1 where invoice_id = " + id,
            "update invoice set status = 'draft', number = null where invoice_id = " + id,
            "update invoice set number = 'R1-2026-999999' where invoice_id = " + id,
            "update invoice set customer = '{}' where invoice_id = " + id,
            "delete from invoice where invoice_id = " + id,
            "update invoice_line set amount = 0 where invoice_id = " + id,
            "update invoice_line set invoice_id = 0 where invoice_id = " + id,
            "delete from invoice_line where invoice_id = " + id,
            "insert into invoice_line select invoice_id, 99, kind, month, project_id, card_id,"
                + " model_id, sku, version_id, win, unit_pico, quantity, note, reference_line,"
                + " amount, amount_minor, tax_code, tax_label, tax_ppm from invoice_line"
                + " where line_no = 1 and invoice_id = "
                + id)) {
      for (JdbcClient role : List.of(service, owner)) {
        assertThatThrownBy(() -> role.sql(sql).update())
            .as(sql)
            .rootCause()
            .hasMessageContaining("immutable");
      }
    }
    for (String table : List.of("invoice", "invoice_line", "invoice_series", "invoice_waiver")) {
      assertThatThrownBy(() -> service.sql("truncate " + table + " cascade").update())
          .rootCause()
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> owner.sql("truncate " + table + " cascade").update())
          .rootCause()
          .hasMessageContaining("append-only");
    }
    assertThatThrownBy(() -> owner.sql("update invoice_series set next_no = 1").update())
        .rootCause()
        .hasMessageContaining("the number after");
  }

  @Test
  void blockersAreListedAndEachIsWaivedByAPersonWithAReason() {
    charge(1_000_000);
    billing.clock().set(first(month.plusMonths(1)).plus(Duration.ofHours(1)));
    JsonNode draft = build(organization);
    assertThat(draft.path("blockers").findValuesAsString("code"))
        .contains("GRACE", "RECONCILIATION", "LAW", "PROFILE");
    Answer refused = post(path(draft) + "/finalize", order(UUID.randomUUID(), "now"));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("code")).isEqualTo("invoice_blocked");
    assertThat(refused.text("blockers")).contains("GRACE", "(not compared)");
    assertThat(post(path(draft) + "/waivers", waiver("LEDGER")).status()).isEqualTo(400);
    assertThat(post(path(draft) + "/waivers", waiver("NONSENSE")).status()).isEqualTo(400);
    String grace = waiver("GRACE");
    Answer waived = ok(post(path(draft) + "/waivers", grace));
    assertThat(post(path(draft) + "/waivers", grace).body()).isEqualTo(waived.body());
    assertThat(post(path(draft) + "/waivers", waiver("GRACE")).status()).isEqualTo(409);
    assertThat(waived.body()).contains("ada@example.org: seen and accepted");
    Answer profile =
        post(
            "/internal/v1/organizations/" + organization + "/billing-profile",
            """
            {"actor": "ada", "name": "Acme", "address": "Main Street 1", "country": "KR",
             "language": "ko"}
            """);
    assertThat(profile.status()).as(profile.body()).isEqualTo(200);
    assertThat(get(draft).path("blockers").findValuesAsString("code"))
        .doesNotContain("PROFILE")
        .contains("GRACE");
    finalizeAll(organization, get(draft));
  }

  @Test
  void theJobClosesAfterTheGraceAndAgainDoesNothing() {
    charge(1_000_000);
    MonthlyClose job = billing.bean(MonthlyClose.class);
    job.run();
    assertThat(latest(month).path("status").asString()).isEqualTo("open");
    billing.clock().set(first(month.plusMonths(1)).plus(Duration.ofHours(1)));
    job.run();
    JsonNode draft = latest(month);
    assertThat(draft.path("status").asString()).isEqualTo("draft");
    waiveAll(draft, "GRACE");
    job.run();
    assertThat(latest(month).path("status").asString()).as("grace").isEqualTo("draft");
    theMonthEnds();
    assertThat(job.run()).isPositive();
    JsonNode done = latest(month);
    assertThat(done.path("status").asString()).isEqualTo("finalized");
    assertThat(job.run()).isZero();
    assertThat(latest(month)).isEqualTo(done);
  }

  @Test
  void taxIsTheOrganizationsElseItsCountrysElseTheOneForAll() {
    long tenant = organization;
    TaxRules rules = billing.bean(TaxRules.class);
    var day = month.plusYears(3).atDay(5);
    String country = "Z" + (char) ('A' + RANDOM.nextInt(26));
    rule("{\"code\": \"ALL\", \"rate_ppm\": 10000", day.toString());
    rule("{\"code\": \"LAND\", \"rate_ppm\": 20000, \"country\": \"" + country + "\"", day + "");
    assertThat(of(rules, tenant, null, day, Line.Kind.USAGE).ppm()).isEqualTo(10_000);
    assertThat(of(rules, tenant, country, day, Line.Kind.USAGE).ppm()).isEqualTo(20_000);
    String own = "{\"code\": \"OWN\", \"rate_ppm\": 0, \"organization_id\": \"" + tenant + "\"";
    rule(own + ", \"line_kind\": \"USAGE\"", day.toString());
    assertThat(of(rules, tenant, country, day, Line.Kind.USAGE).code()).isEqualTo("OWN");
    assertThat(of(rules, tenant, country, day, Line.Kind.CREDIT).code()).isEqualTo("LAND");
    assertThat(rules.of(tenant, country, day.minusDays(1))).isEmpty();
    assertThat(ruleAnswer("{\"code\": \"ALL2\", \"rate_ppm\": 1", day.toString()).body())
        .contains("Another rule");
  }

  private static Line.Tax of(
      TaxRules rules, long tenant, @Nullable String country, LocalDate day, Line.Kind kind) {
    return rules.of(tenant, country, day).getOrDefault(kind, Line.Tax.NONE);
  }

  private static void rule(String members, String from) {
    ok(ruleAnswer(members, from));
  }

  private static Answer ruleAnswer(String members, String from) {
    return post("/internal/v1/tax-rules", taxRule(members, from));
  }

  /** 10 %. */
  private static void vat(long tenant) {
    String whose = "\"organization_id\": \"" + tenant + "\"";
    rule("{\"code\": \"VAT\", \"rate_ppm\": 100000, " + whose, "2026-01-01");
  }

  private void charge(int answer) {
    traffic.charge(organization, now.minusSeconds(1), 0, 0, 0, answer);
  }

  private static void give(long tenant, String what, long amount) {
    ok(post("/internal/v1/organizations/%d/credit/%s".formatted(tenant, what), money(amount)));
  }

  private static Answer ok(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static void commit(long tenant, long minimum) {
    ok(post("/internal/v1/commitments", commitment(tenant, month, minimum)));
  }

  private static void theMonthEnds() {
    billing.clock().set(first(month.plusMonths(1)).plus(Duration.ofHours(25)));
  }

  private static Instant first(YearMonth month) {
    return month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  private static JsonNode build(long tenant) {
    return build(tenant, month);
  }

  private static JsonNode build(long tenant, YearMonth month) {
    return new Closing(billing).draft(tenant, month);
  }

  private JsonNode latest(YearMonth of) {
    for (JsonNode one :
        billing
            .get("/internal/v1/invoices?organization_id=" + organization)
            .json()
            .path("invoices")) {
      if (one.path("month").asString().equals(of.toString())) {
        return get(one);
      }
    }
    throw new AssertionError("no invoice of " + of);
  }

  private static JsonNode get(JsonNode invoice) {
    return billing.get(path(invoice)).json();
  }

  private static JsonNode finalizeAll(long tenant, JsonNode draft) {
    waiveAll(draft);
    Answer done = ok(post(path(draft) + "/finalize", order(UUID.randomUUID(), "now")));
    assertThat(done.text("status")).as("of %d", tenant).isEqualTo("finalized");
    assertThat(done.text("number")).matches("R1-\\d{4}-\\d{6}");
    return done.json();
  }

  private static JsonNode waiveAll(JsonNode draft, String... but) {
    for (JsonNode blocker : draft.path("blockers")) {
      String code = blocker.path("code").asString();
      if (!List.of(but).contains(code) && blocker.path("waiver").isNull()) {
        ok(post(path(draft) + "/waivers", waiver(code)));
      }
    }
    return draft;
  }

  private static Answer post(String path, String json) {
    return billing.postJson(path, BillingFixture.GATEWAY, json);
  }

  private static BigInteger account(long tenant, String account) {
    return billing.sum(
        "amount",
        "posted_entry where account = '%s' and tenant_id = %d".formatted(account, tenant));
  }
}
