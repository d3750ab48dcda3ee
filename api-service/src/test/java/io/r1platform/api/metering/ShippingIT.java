package io.r1platform.api.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.Await;
import io.r1platform.api.FakeBilling;
import io.r1platform.api.FakeBilling.Illness;
import io.r1platform.api.FakeNames;
import io.r1platform.api.RunningApi;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.KeyTerms;
import io.r1platform.api.keys.KeyView;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Prices;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShippingIT {
  private final Random random = new Random(11);
  private final TestDatabase database = TestDatabase.create();
  private final FakeBilling billing = new FakeBilling();
  private RunningApi api;

  @BeforeAll
  void start() {
    api = startApi();
    Await.until("prices", () -> api.bean(Prices.class).at(2, RunningApi.START).isPresent());
  }

  @AfterAll
  void stop() {
    api.close();
    billing.close();
  }

  @BeforeEach
  void recover() {
    billing.become(Illness.NONE);
    Await.until("nothing unshipped", () -> summary().unshipped() == 0);
  }

  @Test
  void shipsEveryFinalInOrderAndAsItIsInTheJournal() {
    int before = shipped();
    var sums = summary();
    settle(300);
    awaitShipped(before + 300);
    assertThat(billing.records(1, epoch()).keySet())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, before + 300).boxed().toList());
    assertThat(journal()).isEqualTo(hex());
    var summary = summary();
    assertThat(summary.finals() - sums.finals()).isEqualTo(300);
    assertThat(summary.admitted() - sums.admitted()).isEqualTo(300);
    assertThat(summary.open()).isZero();
    assertThat(summary.input().subtract(sums.input())).isEqualTo(300 * 3);
    assertThat(summary.output().subtract(sums.output())).isEqualTo(300 * 7);
    assertThat(summary.costPico().subtract(sums.costPico()))
        .isEqualTo(300L * (140_000 + 2 * 550_000 + 7 * 2_190_000));
    Await.until("the acknowledgement", () -> summary().unshipped() == 0);
  }

  @Test
  void shipsAgainWhenBillingForgetsToAnswer() {
    int before = shipped();
    billing.become(Illness.FORGETS_TO_ANSWER);
    settle(5);
    Await.until(
        "a second try", () -> Collections.frequency(billing.batches(1, epoch()), before + 1L) >= 2);
    billing.become(Illness.NONE);
    settle(5);
    awaitShipped(before + 10);
    assertThat(journal()).isEqualTo(hex());
  }

  /** Also what outgrows a batch, and what a peer or the next life settles. */
  @Test
  void labelsGoWithTheirRecordsAndChangeNoByteOfThem() {
    int before = shipped();
    int old = epoch();
    billing.become(Illness.DOWN);
    var large = new Labels("ref", "user", Map.of("k", "v".repeat(Labels.MOST_BYTES - 100)));
    int most = UsageBatch.MOST_LABEL_BYTES / large.bytes().length;
    for (int i = 0; i <= most; i++) {
      settle(admit(large));
    }
    settle(1);
    UUID orphan = admit(new Labels(null, "the orphan's", Map.of())).eventId();
    billing.become(Illness.NONE);
    awaitShipped(before + most + 2);
    assertThat(billing.batches(1, old)).anyMatch(first -> first > before + 1);
    assertThat(journal()).isEqualTo(hex());
    assertThat(billing.labels(1, old)).hasSize(most + 1);
    assertThat(billing.labels(1, old).values())
        .containsOnly(new String(large.bytes(), StandardCharsets.UTF_8));
    api.close();
    api = startApi();
    awaitShipped(1);
    assertThat(billing.labels(1, old + 1).values())
        .containsExactly("{\"end_user\":\"the orphan's\"}");
    assertThat(api.bean(JournalReports.class).find(orphan))
        .hasValueSatisfying(
            entry -> assertThat(entry.labels().endUser()).isEqualTo("the orphan's"));
  }

  @Test
  void keepsEverythingWhileBillingIsAway() {
    int before = shipped();
    billing.become(Illness.DOWN);
    settle(20);
    assertThat(summary().unshipped()).isEqualTo(20);
    billing.become(Illness.NONE);
    awaitShipped(before + 20);
  }

  @Test
  void neverShipsPastAHole() {
    int before = shipped();
    billing.become(Illness.DOWN);
    settle(3);
    String hole = "epoch = %d and ship_seq = %d".formatted(epoch(), before + 2);
    database.execute("create table api.hole as select * from api.usage_journal where " + hole);
    database.execute("delete from api.usage_journal where " + hole);
    int tries = billing.batches(1, epoch()).size();
    Await.until("a try that saw the hole", () -> billing.batches(1, epoch()).size() >= tries + 2);
    billing.become(Illness.NONE);
    awaitShipped(before + 1);
    Await.until("another look", () -> summary().unshipped() == 1);
    Await.until("billing's knowledge", () -> billing.batches(1, epoch()).contains(before + 3L));
    assertThat(billing.records(1, epoch()).keySet()).doesNotContain(before + 2L, before + 3L);
    database.execute("insert into api.usage_journal select * from api.hole");
    awaitShipped(before + 3);
    assertThat(journal()).isEqualTo(hex());
  }

  @Test
  void goesBackToWhereBillingStandsAfterARestore() {
    int before = shipped();
    settle(10);
    awaitShipped(before + 10);
    Await.until("the acknowledgement", () -> summary().unshipped() == 0);
    billing.rewind(1, epoch(), before + 4L);
    settle(2);
    awaitShipped(before + 12);
    assertThat(journal()).isEqualTo(hex());
  }

  @Test
  void settlesShipsAndClosesWhatItsLastLifeLeftAndKnowsThePricesWithoutBilling() {
    int before = shipped();
    int old = epoch();
    billing.become(Illness.DOWN);
    settle(3);
    UUID orphan = admit().eventId();
    api.close();
    api = startApi();
    assertThat(epoch()).isEqualTo(old + 1);
    JournalReports reports = api.bean(JournalReports.class);
    assertThat(reports.find(orphan))
        .hasValueSatisfying(entry -> assertThat(entry.finish()).isEqualTo("lost"));
    assertThat(reports.orphans(null, null, 10)).contains(new JournalReports.Orphan(orphan, "LOST"));
    assertThat(summary().open()).isZero();
    assertThat(summary().orphans()).isPositive();
    assertPricesAreKnown(api.bean(Prices.class));
    billing.become(Illness.NONE);
    Await.until("the rest", () -> billing.records(1, old).size() == before + 3);
    awaitShipped(1);
    Await.until("the close", () -> Long.valueOf(before + 3).equals(billing.closedAt(1, old)));
    assertThat(billing.closedAt(1, old + 1)).isNull();
  }

  @Test
  void aStreamThatBillingRefusesHoldsUpNoOther() {
    int before = shipped();
    int old = epoch();
    billing.become(Illness.DOWN);
    settle(3);
    api.close();
    billing.closeAt(1, old, before + 1L);
    billing.become(Illness.NONE);
    api = startApi();
    settle(2);
    awaitShipped(2);
    Await.until("the word of it", () -> api.bean(Journal.class).failingStreams() == 1);
    assertThat(billing.records(1, old)).hasSize(before);
    billing.closeAt(1, old, null);
    Await.until("the rest", () -> billing.records(1, old).size() == before + 3);
    Await.until("the close", () -> Long.valueOf(before + 3).equals(billing.closedAt(1, old)));
    Await.until("all well", () -> api.bean(Journal.class).failingStreams() == 0);
  }

  @Test
  void shipsOnAfterAnAnswerThatNobodyUnderstands() {
    int before = shipped();
    billing.become(Illness.BABBLES);
    settle(4);
    Await.until(
        "a second try", () -> Collections.frequency(billing.batches(1, epoch()), before + 1L) >= 2);
    billing.become(Illness.NONE);
    awaitShipped(before + 4);
  }

  /** What was renamed while billing was away is said once, as it is called now. */
  @Test
  void namesReachBillingWhoeverWasAway() {
    billing.become(Illness.DOWN);
    long organization = api.bean(Tenants.class).createOrganization("Names of all").id();
    long project = api.bean(Tenants.class).createProject(organization, "Cat").id();
    KeyView key = api.bean(Keys.class).issue(project, "ci", null).key();
    rename(key, "deploy");
    rename(project, "Dog");
    Await.until("a try that failed", () -> namesWaiting() >= 2);
    billing.become(Illness.FORGETS_TO_ANSWER);
    Await.until("a second try", () -> billing.names().of("PROJECT", project).size() >= 2);
    billing.become(Illness.NONE);
    Await.until("all told", () -> outbox() == 0 && namesWaiting() == 0);
    assertThat(Set.copyOf(billing.names().of("API_KEY", key.id())))
        .extracting(FakeNames.Said::organization, FakeNames.Said::name)
        .containsExactly(tuple(organization, "deploy"));
    assertThat(Set.copyOf(billing.names().of("PROJECT", project)))
        .extracting(FakeNames.Said::organization, FakeNames.Said::name)
        .containsExactly(tuple(organization, "Dog"));
  }

  @Test
  void aNameThatIsGivenWhileAnotherIsOnItsWayIsNotLost() {
    long organization = api.bean(Tenants.class).createOrganization("Names in between").id();
    Await.until("all told", () -> outbox() == 0);
    CompletableFuture<Long> project = new CompletableFuture<>();
    billing.names().meanwhile(() -> rename(project.join(), "Second"));
    project.complete(api.bean(Tenants.class).createProject(organization, "First").id());
    Await.until("all told", () -> outbox() == 0);
    List<FakeNames.Said> said = billing.names().of("PROJECT", project.join());
    assertThat(said).extracting(FakeNames.Said::name).containsExactly("First", "Second");
    assertThat(said.getFirst().seq()).isLessThan(said.getLast().seq());
  }

  @Test
  void manyNamesAreToldSomeAtATime() {
    long organization = api.bean(Tenants.class).createOrganization("Many names").id();
    List<Long> projects =
        api.bean(JdbcClient.class)
            .sql(
                """
                insert into project (organization_id, name, created_at)
                select ?, 'Project ' || n, now() from generate_series(1, 1001) n returning id
                """)
            .param(organization)
            .query(Long.class)
            .list();
    Await.until("all told", () -> outbox() == 0);
    assertThat(projects)
        .hasSize(1001)
        .allMatch(project -> billing.names().of("PROJECT", project).size() == 1);
    assertThat(billing.names().most()).isEqualTo(500);
  }

  private void rename(KeyView key, String name) {
    KeyTerms terms = new KeyTerms(name, key.expiresAt(), key.rights());
    api.bean(Keys.class).change(key.id(), key.version(), terms);
  }

  /** As the operator of the database would; there is no route for it yet. */
  private void rename(long project, String name) {
    api.bean(JdbcClient.class)
        .sql("update project set name = ?, version = version + 1 where id = ?")
        .params(name, project)
        .update();
  }

  private long outbox() {
    return api.bean(JdbcClient.class)
        .sql("select count(*) from name_outbox")
        .query(Long.class)
        .single();
  }

  private double namesWaiting() {
    return api.bean(MeterRegistry.class).get("r1.names.waiting").gauge().value();
  }

  private static void assertPricesAreKnown(Prices prices) {
    Price price = prices.at(2, RunningApi.START).orElseThrow();
    assertThat(price.contentSha256()).isEqualTo(FakeBilling.PRICE_SHA256);
    assertThat(price.publicVersion()).isEqualTo("pv_1");
    assertThat(prices.at(100, RunningApi.START)).isEmpty();
    assertThat(prices.at(2, Instant.parse("2025-01-19T00:00:00Z"))).isEmpty();
  }

  private JournalReports.Summary summary() {
    return api.bean(JournalReports.class).summary(null, null);
  }

  private int epoch() {
    return Integer.parseInt(api.bean(Journal.class).replica().substring(2));
  }

  private int shipped() {
    return billing.records(1, epoch()).size();
  }

  private RunningApi startApi() {
    return RunningApi.start(
        database,
        Map.of("r1.api.billing.url", billing.url(), "r1.api.metering.ship-retry", "50ms"));
  }

  private Admission admit() {
    return admit(Labels.NONE);
  }

  private Admission admit(Labels labels) {
    Price price =
        Await.value("prices", () -> api.bean(Prices.class).at(2, RunningApi.START).orElse(null));
    long high = (RunningApi.START.toEpochMilli() << 16) | 0x7000L | random.nextInt(0x1000);
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    Admission admission =
        Admission.of(
                new UUID(high, low), new Caller(3, 2, 1), 2, price, 100, true, RunningApi.START)
            .labelled(labels)
            .holding(new Reservation(1_000_000_000, 1, 0, 0, 0));
    api.bean(Journal.class).admit(admission).join();
    return admission;
  }

  private void settle(int n) {
    List<CompletableFuture<Void>> finals = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      var outcome =
          new Outcome(
              Finish.STOP,
              new Tokens(1, 2, 3, 4),
              false,
              5,
              UsageRecord.NO_HASH,
              RunningApi.START.plusMillis(i));
      finals.add(api.bean(Journal.class).settle(admit(), outcome));
    }
    finals.forEach(CompletableFuture::join);
  }

  private void settle(Admission admission) {
    var outcome =
        new Outcome(
            Finish.STOP, new Tokens(1, 2, 3, 4), false, 5, UsageRecord.NO_HASH, RunningApi.START);
    api.bean(Journal.class).settle(admission, outcome).join();
  }

  private void awaitShipped(int n) {
    Await.until("%d records".formatted(n), () -> shipped() == n);
  }

  private List<String> journal() {
    return api.bean(JdbcClient.class)
        .sql(
            """
            select encode(record, 'hex') from usage_journal
            where epoch = :epoch and kind = 'F' order by ship_seq
            """)
        .param("epoch", epoch())
        .query(String.class)
        .list();
  }

  private List<String> hex() {
    return billing.records(1, epoch()).values().stream().map(HexFormat.of()::formatHex).toList();
  }
}
