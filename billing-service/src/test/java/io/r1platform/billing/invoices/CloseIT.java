package io.r1platform.billing.invoices;

import static io.r1platform.billing.invoices.InvoiceJson.blocker;
import static io.r1platform.billing.invoices.InvoiceJson.codes;
import static io.r1platform.billing.invoices.InvoiceJson.lines;
import static io.r1platform.billing.invoices.InvoiceJson.money;
import static io.r1platform.billing.invoices.InvoiceJson.order;
import static io.r1platform.billing.invoices.InvoiceJson.path;
import static io.r1platform.billing.invoices.InvoiceJson.pico;
import static io.r1platform.billing.invoices.InvoiceJson.taxRule;
import static io.r1platform.billing.invoices.InvoiceJson.waiver;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.usage.InvoiceTraffic;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What waits and what the job does with it; each test has its own organizations. */
class CloseIT {
  private static final Duration DRAFTED = Duration.ofHours(25);

  @TempDir private static Path directory;
  private static BillingFixture billing;
  private static InvoiceTraffic traffic;
  private static Closing closing;
  private static Drafted drafted;
  private static Instant now;
  private static YearMonth month;
  private static long last = 15_000;

  private final long organization = ++last;

  @BeforeAll
  static void start() throws IOException {
    Path key = Files.writeString(directory.resolve("key"), "A".repeat(43));
    billing =
        new BillingFixture(
            "--r1.billing.log.key-file=" + key, "--r1.billing.log.origin=billing.test/log");
    traffic = new InvoiceTraffic(billing, new Random(57));
    closing = new Closing(billing);
    drafted = new Drafted(billing);
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

  /** All is paid by credit, and the tiers then give some of it back: to what comes later. */
  @Test
  void aMonthBelowZeroComesOutAndItsRestIsOnTheNextThatHasRoom() {
    credit("top-ups", 200_000L);
    Instant from = now.plus(Duration.ofHours(1));
    String version = traffic.contract(organization, from, 10);
    billing.clock().set(from.plusSeconds(60));
    YearMonth first = YearMonth.from(from.plusSeconds(60).atOffset(ZoneOffset.UTC));
    for (int i = 0; i < 5; i++) {
      traffic.chargeBy(version, 10, organization, from.plusSeconds(60));
    }
    end(first);
    JsonNode draft = closing.draft(organization, first);
    BigInteger rest = account("accrued");
    assertThat(rest.signum()).isNegative();
    assertThat(lines(draft, "CARRIED")).isEqualTo(rest.negate());
    assertThat(draft.path("net_pico").asString()).isEqualTo("0");
    assertThat(codes(draft)).doesNotContain("LEDGER");
    JsonNode done = closing.finalizeMonth(organization, first);
    assertThat(done.path("total").asString()).isEqualTo("0.00");
    assertThat(account("accrued")).isEqualTo(rest);
    assertThat(account("receivable")).isZero();

    YearMonth second = first.plusMonths(1);
    assertThat(billing.bean(Invoices.class).build(organization, "USD", second))
        .as("nothing but what was carried")
        .isEmpty();
    theThirdOf(second);
    traffic.chargeBy(version, 10, organization, billing.clock().instant());
    end(second);
    JsonNode again = closing.finalizeMonth(organization, second);
    BigInteger more = account("accrued");
    assertThat(more).isLessThanOrEqualTo(rest);
    assertThat(lines(again, "CARRIED")).as("taken over and on").isEqualTo(rest.subtract(more));

    YearMonth third = second.plusMonths(1);
    theThirdOf(third);
    var enough = BigInteger.valueOf(400_000);
    while (billing.sum("amount", "usage_hourly where tenant_id = " + organization).compareTo(enough)
        < 0) {
      traffic.chargeBy(version, 10, organization, billing.clock().instant());
    }
    end(third);
    JsonNode asks = closing.finalizeMonth(organization, third);
    assertThat(lines(asks, "CARRIED")).isEqualTo(more);
    assertThat(pico(asks, "net_pico").signum()).isPositive();
    assertThat(account("accrued")).isZero();
  }

  @Test
  void aMonthIsNotBuiltAnewOnceALaterOneIsFinalized() {
    YearMonth second = month.plusMonths(1);
    traffic.charge(organization, now, 1_000_000);
    end(month);
    JsonNode first = closing.finalizeMonth(organization, month);
    chargeOnTheThird(second, 3_000_000);
    end(second);
    closing.finalizeMonth(organization, second);
    closing.order(path(first) + "/void", "");
    assertThat(account("accrued")).isEqualTo(pico(first, "net_pico"));
    assertThat(billing.bean(Invoices.class).build(organization, "USD", month))
        .as("it would have the second month's usage with a minus")
        .isEmpty();
    end(second.plusMonths(1));
    JsonNode third = closing.finalizeMonth(organization, second.plusMonths(1));
    assertThat(third.path("net_pico")).isEqualTo(first.path("net_pico"));
    assertThat(third.path("lines").get(0).path("month").asString()).isEqualTo(month.toString());
    assertThat(account("accrued")).isZero();
  }

  @Test
  void aStreamThatWasNotHeardOfSinceTheMonthBlocks() {
    traffic.charge(organization, now, 1_000);
    end(month);
    JsonNode draft = closing.draft(organization, month);
    assertThat(blocker(draft, "STREAM")).contains("gateway", "since " + month);
    traffic.hear(billing.clock().instant());
    assertThat(codes(get(draft))).doesNotContain("STREAM");
    billing
        .sql()
        .sql(
            """
            update ingest_hwm set gap_since = ?, gap_seq = next_seq + 1
            where replica_id = (select max(replica_id) from ingest_hwm)
            """)
        .param(at(now))
        .update();
    assertThat(codes(get(draft))).as("a gap from before its end").contains("STREAM");
    billing.sql().sql("update ingest_hwm set gap_since = null, gap_seq = null").update();
  }

  @Test
  void heldRecordsBlockTheirOrganizationUntilAPersonDecides() {
    traffic.charge(organization, now, 1_000);
    traffic.charge(++last, now, 1_000);
    traffic.hold(organization, now, 77);
    end(month);
    JsonNode draft = closing.draft(organization, month);
    assertThat(blocker(draft, "HELD")).contains("1");
    assertThat(codes(closing.draft(last, month))).as("another's").doesNotContain("HELD");
    decide(
        billing
            .sql()
            .sql("select max(held_id) from usage_held where resolved is null")
            .query(Long.class)
            .single());
    assertThat(codes(get(draft))).doesNotContain("HELD");
  }

  @Test
  void receiptsOfNobodyKnowsWhomBlockAll() {
    traffic.charge(organization, now, 1_000);
    end(month);
    JsonNode draft = closing.draft(organization, month);
    assertThat(codes(draft)).doesNotContain("HELD");
    billing
        .sql()
        .sql(
            """
            insert into engine_held (event_id, attempt, instance_id, ship_seq, receipt, reason,
              held_at)
            values (gen_random_uuid(), 1, gen_random_uuid(), 1, '{}', 'MALFORMED', now())
            """)
        .update();
    assertThat(blocker(get(draft), "HELD")).contains("nobody knows whom");
    billing
        .sql()
        .sql(
            "update engine_held set resolved = 'REJECTED', resolved_by = 'ada',"
                + " resolved_why = 'a test', resolved_at = now() where resolved is null")
        .update();
    assertThat(codes(get(draft))).doesNotContain("HELD");
  }

  @Test
  void anEarlierDraftBlocksAndIsNotWaived() {
    traffic.charge(organization, now, 1_000);
    end(month);
    JsonNode first = closing.draft(organization, month);
    YearMonth second = month.plusMonths(1);
    chargeOnTheThird(second, 2_000);
    end(second);
    JsonNode draft = closing.draft(organization, second);
    assertThat(blocker(draft, "EARLIER")).contains(month.toString());
    assertThat(post(path(draft) + "/waivers", waiver("EARLIER")).status()).isEqualTo(400);
    drafted.waiveAll(draft, "EARLIER");
    assertThat(finalizeNow(draft).text("blockers")).contains("EARLIER");
    closing.finalizeMonth(organization, month);
    assertThat(codes(get(draft))).doesNotContain("EARLIER");
    assertThat(finalizeNow(draft).status()).isEqualTo(200);
    assertThat(get(first).path("status").asString()).isEqualTo("finalized");
  }

  @Test
  void linesThatAreNotTheLedgersBlockAndAreNotWaived() {
    traffic.charge(organization, now, 1_000);
    end(month);
    owner("update usage_hourly set tok_answer = tok_answer + 1 where tenant_id = " + organization);
    JsonNode draft = closing.draft(organization, month);
    assertThat(blocker(draft, "LEDGER")).contains("2192190000", "2190000000");
    assertThat(post(path(draft) + "/waivers", waiver("LEDGER")).status()).isEqualTo(400);
    drafted.waiveAll(draft, "LEDGER");
    assertThat(finalizeNow(draft).text("blockers")).contains("LEDGER");
    owner("update usage_hourly set tok_answer = tok_answer - 1 where tenant_id = " + organization);
    traffic.hear(billing.clock().instant());
    assertThat(finalizeNow(draft).status()).as("it is built anew").isEqualTo(200);
  }

  @Test
  void theTaxOfAnInvoiceIsItsJournals() throws SQLException {
    String whose = "\"organization_id\": \"" + organization + "\"";
    Answer rule =
        post(
            "/internal/v1/tax-rules",
            taxRule("{\"code\": \"VAT\", \"rate_ppm\": 100000, " + whose, "2026-01-01"));
    assertThat(rule.status()).as(rule.body()).isEqualTo(200);
    traffic.charge(organization, now, 10_000_000);
    end(month);
    JsonNode done = closing.finalizeMonth(organization, month);
    assertThat(done.path("tax").asString()).isEqualTo("2.19");
    assertThat(billing.sum("1", "invoice_broken")).isZero();
    try (Connection connection = billing.database().dataSource("r1_billing_owner").getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("alter table invoice_line disable trigger user");
      statement.execute(
          "update invoice_line set amount = amount + 1 where kind = 'TAX' and invoice_id = "
              + done.path("invoice_id").asString());
      try (var found = statement.executeQuery("select what from invoice_broken")) {
        assertThat(found.next()).as("the tax of the lines is another").isTrue();
        assertThat(found.getString(1)).contains(done.path("number").asString(), "tax owed");
      }
      connection.rollback();
    }
  }

  @Test
  void anInvoiceNamesHowFarTheLogWasSigned() {
    traffic.charge(organization, now, 1_000);
    drafted.await(() -> billing.sum("1", "log_batch where first_index is null").signum() == 0);
    end(month);
    BigInteger size = billing.sum("size", "(select max(size) as size from log_checkpoint) c");
    assertThat(size.signum()).isPositive();
    JsonNode done = closing.finalizeMonth(organization, month);
    assertThat(done.path("checkpoint_size").asString()).isEqualTo(size.toString());
    BigInteger roots =
        billing.sum(
            "length(usage_root)",
            "invoice where invoice_id = " + done.path("invoice_id").asString());
    assertThat(roots).isEqualTo(32);
  }

  @Test
  void draftsThatWaitTooLongAreCountedByWhatBlocksThem() {
    for (Blocker.Code code : Blocker.Code.values()) {
      assertThat(drafted.waiting(code.name())).as("there from the start").isNotNull();
    }
    WaitingDrafts drafts = billing.bean(WaitingDrafts.class);
    traffic.charge(organization, now, 1_000);
    end(month);
    JsonNode draft = closing.draft(organization, month);
    drafts.look();
    double before = drafted.waiting("PROFILE");
    billing.clock().set(first(month.plusMonths(1)).plus(Duration.ofDays(6)));
    drafts.look();
    double tooLong = drafted.waiting("PROFILE");
    assertThat(tooLong).isGreaterThanOrEqualTo(before + 1);
    double clear = drafted.waiting("NONE");
    drafted.waiveAll(get(draft));
    drafts.look();
    assertThat(drafted.waiting("PROFILE")).isEqualTo(tooLong - 1);
    assertThat(drafted.waiting("NONE")).isEqualTo(clear + 1);
    assertThat(finalizeNow(draft).status()).isEqualTo(200);
    drafts.look();
    assertThat(drafted.waiting("NONE")).isEqualTo(clear);
  }

  @Test
  void aRunThatFailsAtOneGoesOnWithTheOthersAndTheNextMendsIt() {
    MonthlyClose job = billing.bean(MonthlyClose.class);
    long other = ++last;
    for (long tenant : List.of(organization, other)) {
      traffic.charge(tenant, now, 1_000);
    }
    end(month);
    for (long tenant : List.of(organization, other)) {
      drafted.waiveAll(closing.draft(tenant, month));
    }
    owner(
        """
        create function die() returns trigger language plpgsql as $$
        begin
          if new.status = 'finalized' and new.tenant_id = %d then
            raise exception 'the machine died';
          end if;
          return null;
        end $$
        """
            .formatted(organization));
    owner("create trigger died after update on invoice for each row execute function die()");
    double failed = drafted.failures();
    assertThat(job.run()).isPositive();
    assertThat(drafted.failures()).isEqualTo(failed + 1);
    assertThat(finalized(organization)).isZero();
    assertThat(account("receivable")).isZero();
    assertThat(finalized(other)).isEqualTo(1);
    owner("drop trigger died on invoice");
    assertThat(job.run()).isEqualTo(1);
    assertThat(finalized(organization)).isEqualTo(1);
    assertThat(job.run()).isZero();
  }

  @Test
  void oneOfTwoInstancesClosesEachHourOfTheClockAndTheOtherTakesOver() {
    traffic.charge(organization, now, 1_000);
    CloseSchedule schedule = billing.bean(CloseSchedule.class);
    Scheduler first = schedule.scheduler(Duration.ofMillis(50));
    Scheduler second = schedule.scheduler(Duration.ofMillis(50));
    first.start();
    second.start();
    try {
      drafted.await(drafted::isDone);
      assertThat(billing.sum("1", "invoice where status = 'open' and tenant_id = " + organization))
          .isEqualTo(BigInteger.ONE);
      end(month);
      drafted.await(drafted::isDone);
      drafted.waiveAll(closing.draft(organization, month));
      billing.clock().advance(Duration.ofMinutes(61));
      drafted.await(drafted::isDone);
      assertThat(finalized(organization)).isEqualTo(1);
      assertThat(billing.sum("1", "scheduled_tasks where task_name = 'invoices-close'"))
          .isEqualTo(BigInteger.ONE);
      first.stop();
      billing.clock().advance(Duration.ofMinutes(61));
      drafted.await(drafted::isDone);
    } finally {
      first.stop();
      second.stop();
    }
    billing
        .sql()
        .sql(
            """
            update scheduled_tasks set picked = true, picked_by = 'dead', last_heartbeat = :at,
              execution_time = :at
            """)
        .param("at", at(billing.clock().instant()))
        .update();
    billing.clock().advance(Duration.ofHours(2));
    Scheduler third = schedule.scheduler(Duration.ofMillis(50));
    third.start();
    OffsetDateTime revived = at(billing.clock().instant());
    try {
      drafted.await(
          () -> {
            billing.clock().advance(Duration.ofSeconds(1)); // it looks again as the clock goes on
            return drafted.lookedAt().isAfter(revived);
          });
    } finally {
      third.stop();
    }
    billing.sql().sql("delete from scheduled_tasks").update();
  }

  /** What waits costs one row each, not a transaction; who has something new costs all. */
  @Test
  void thousandsThatWaitCostNoStatementsOfTheirOwn() {
    MonthlyClose job = billing.bean(MonthlyClose.class);
    end(month);
    job.run();
    billing.clock().advance(Duration.ofHours(2)); // what was posted is no longer new
    job.run();
    int none = statements(job);
    drafted.waitingOrganizations(month, 1_000_000, 200);
    int few = statements(job);
    drafted.waitingOrganizations(month, 2_000_000, 3_000);
    assertThat(statements(job)).isEqualTo(few).isLessThanOrEqualTo(none + 5).isLessThan(30);
    traffic.charge(organization, now, 1_000);
    assertThat(statements(job)).as("one has something new").isGreaterThan(few + 10);
    owner(
        "delete from invoice_line where invoice_id in (select invoice_id from invoice"
            + " where tenant_id > 1000000)");
    owner("delete from invoice where tenant_id > 1000000");
  }

  private static int statements(MonthlyClose job) {
    try (var statements = new Statements()) {
      job.run();
      return statements.sent().size();
    }
  }

  private static int finalized(long tenant) {
    return billing
        .sum("1", "invoice where status = 'finalized' and tenant_id = " + tenant)
        .intValueExact();
  }

  private static void decide(long held) {
    Answer done =
        post(
            "/internal/v1/held/" + held + "/decision",
            "{\"decision\": \"reject\", \"why\": \"a test\", \"by\": \"ada\"}");
    assertThat(done.status()).as(done.body()).isEqualTo(204);
  }

  private void credit(String what, long amount) {
    Answer done =
        post(
            "/internal/v1/organizations/%d/credit/%s".formatted(organization, what), money(amount));
    assertThat(done.status()).as(done.body()).isEqualTo(200);
  }

  private static void theThirdOf(YearMonth of) {
    billing.clock().set(first(of).plus(Duration.ofDays(2)));
  }

  private void chargeOnTheThird(YearMonth of, int tokens) {
    theThirdOf(of);
    traffic.charge(organization, billing.clock().instant(), tokens);
  }

  private static Answer finalizeNow(JsonNode draft) {
    return post(path(draft) + "/finalize", order(UUID.randomUUID(), "now"));
  }

  private static JsonNode get(JsonNode invoice) {
    return billing.get(path(invoice)).json();
  }

  private static void owner(String sql) {
    JdbcClient.create(billing.database().dataSource("r1_billing_owner")).sql(sql).update();
  }

  private static void end(YearMonth of) {
    billing.clock().set(first(of.plusMonths(1)).plus(DRAFTED));
  }

  private static Instant first(YearMonth of) {
    return of.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  private static OffsetDateTime at(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }

  private static Answer post(String path, String json) {
    return billing.postJson(path, BillingFixture.GATEWAY, json);
  }

  private BigInteger account(String account) {
    return billing.sum(
        "amount",
        "posted_entry where account = '%s' and tenant_id = %d".formatted(account, organization));
  }
}
