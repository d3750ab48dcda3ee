package io.r1platform.api.metering;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.RunningApi;
import io.r1platform.api.console.FakeReports;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import io.r1platform.api.observability.Metric;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.prices.UnitPrices;
import io.r1platform.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Nobody asks, and what billing lost of the journal is found all the same. */
class JournalWatchIT {
  private static final String DAY = "/internal/v1/reconciliation/usage";
  private static final String DAYS = "/internal/v1/reconciliation/days";
  private static final Instant YESTERDAY = RunningApi.START.minus(Duration.ofDays(1));
  private static final Instant EARLIER = RunningApi.START.minus(Duration.ofDays(5));
  private static final Instant LONG_AGO = RunningApi.START.minus(Duration.ofDays(40));
  private static final Price PRICE =
      new Price(
          "1",
          "ab".repeat(32),
          "USD",
          new UnitPrices(new Pico(1), new Pico(2), new Pico(3), new Pico(4)));

  private final TestDatabase database = TestDatabase.create();
  private final FakeReports billing = new FakeReports();
  private RunningApi api;
  private JdbcClient jdbc;
  private int events;

  @BeforeEach
  void start() {
    run();
    jdbc.sql("insert into shipping (replica_id, epoch, acked_seq) values (9, 1, 99)").update();
    billing.say(DAYS, 200, "{\"days\":[]}");
  }

  private void run() {
    api = RunningApi.start(database, Map.of("r1.api.billing.url", billing.url()));
    jdbc = api.bean(JdbcClient.class);
  }

  @AfterEach
  void stop() {
    api.close();
    billing.close();
  }

  @Test
  void aDayThatBillingHasWhollyIsKeptAsSuch() {
    write(YESTERDAY, 2);
    say(1, 1);
    look();
    assertThat(differences(YESTERDAY)).isZero();
    assertThat(gauge())
        .as("the other days have nothing, and billing says one request")
        .isPositive();
    assertThat(
            jdbc.sql("select cost_pico from journal_checked where day = ?")
                .param(day(YESTERDAY))
                .query(Long.class)
                .single())
        .isEqualTo(2 * cost());
  }

  @Test
  void whatBillingLostIsFoundAndADayThatAgreedIsAskedAboutAgainOnlyWhenItChanged() {
    write(EARLIER, 1);
    say(1, 0);
    look();
    assertThat(differences(EARLIER)).isZero();

    billing.say(DAYS, 200, days(EARLIER, cost()));
    say(0, 0);
    look();
    assertThat(differences(EARLIER)).as("billing says the same of it").isZero();

    billing.say(DAYS, 200, days(EARLIER, 0));
    look();
    assertThat(differences(EARLIER)).as("restored from an old backup").isEqualTo(1);
    assertThat(gauge()).isEqualTo(1);
  }

  @Test
  void aDayIsAskedAboutAgainIfOnlyFreeRequestsOrTokensAreMissing() {
    write(EARLIER, 1);
    for (String lost : List.of("\"requests\":\"1\"", "\"input\":\"3\"", "\"output\":\"7\"")) {
      say(1, 0);
      billing.say(DAYS, 200, "{\"days\":[]}");
      look();
      assertThat(differences(EARLIER)).as("agreed").isZero();
      String said = days(EARLIER, cost()).replace(lost, lost.replaceAll("[0-9]", "0"));
      billing.say(DAYS, 200, said);
      say(0, 0);
      look();
      assertThat(differences(EARLIER)).as(lost).isEqualTo(1);
    }
  }

  @Test
  void aDayThatAgreedIsBelievedForAWeek() {
    write(EARLIER, 1);
    say(1, 0);
    look();
    billing.say(DAYS, 200, days(EARLIER, cost()));
    say(0, 0);
    api.clock().advance(Duration.ofDays(7).minusMillis(1));
    look();
    assertThat(differences(EARLIER)).isZero();
    api.clock().advance(Duration.ofMillis(1));
    look();
    assertThat(differences(EARLIER)).as("billing's records, whatever it says").isEqualTo(1);
  }

  @Test
  void whatIsOnItsWayDoesNotAgreeYet() {
    write(YESTERDAY, 1);
    jdbc.sql("update shipping set acked_seq = 0 where replica_id = 9").update();
    say(1, 0);
    look();
    assertThat(differences(YESTERDAY)).isEqualTo(1);
  }

  @Test
  void nothingIsKeptWhileBillingDoesNotAnswer() {
    billing.forget();
    look();
    assertThat(jdbc.sql("select count(*) from journal_checked").query(Long.class).single())
        .isZero();
  }

  @Test
  void aDayThatAgreesOnlyAfterWeeksIsComparedAndDropped() {
    write(LONG_AGO, 1);
    say(0, 0);
    look();
    assertThat(differences(LONG_AGO)).isEqualTo(1);
    assertThat(gauge()).isEqualTo(1);
    assertThat(drop()).as("days that stay").isEqualTo(1);

    say(1, 0);
    look();
    assertThat(differences(LONG_AGO)).isZero();
    assertThat(drop()).isZero();
    say(0, 0);
    look();
    assertThat(differences(LONG_AGO)).as("not asked about again").isZero();
    assertThat(gauge()).isZero();
  }

  @Test
  void aDayIsComparedOnceItsLastRequestsMustHaveEnded() {
    write(RunningApi.START, 1);
    say(0, 0);
    api.clock().set(Instant.parse(day(RunningApi.START).plusDays(1) + "T00:10:00Z"));
    look();
    assertThat(gauge()).isZero();

    api.clock().advance(Duration.ofMinutes(75));
    look();
    assertThat(differences(RunningApi.START)).isEqualTo(1);
  }

  @Test
  void aDayThatCannotBeComparedIsADifferenceAndTheOthersAreCompared() {
    write(EARLIER, 1);
    write(YESTERDAY, 1);
    billing.answer(
        DAY,
        exchange -> {
          boolean broken = exchange.getRequestURI().getQuery().endsWith(day(EARLIER).toString());
          boolean charged = exchange.getRequestURI().getQuery().endsWith(day(YESTERDAY).toString());
          FakeReports.send(exchange, broken ? 500 : 200, report(charged ? 1 : 0, 0));
        });
    look();
    assertThat(differences(YESTERDAY)).isZero();
    assertThat(gauge()).isEqualTo(1);
  }

  @Test
  void whatWasFoundIsKnownAgainAfterAStart() {
    write(YESTERDAY, 3);
    say(0, 0);
    look();
    assertThat(gauge()).isEqualTo(3);
    api.close();
    run();
    assertThat(gauge()).isEqualTo(3);
  }

  private int drop() {
    return jdbc.sql("select drop_journal(?)")
        .param(day(RunningApi.START).minusDays(35))
        .query(Integer.class)
        .single();
  }

  private void look() {
    api.bean(JournalWatch.class).lookAtDays();
  }

  private double gauge() {
    return api.bean(MeterRegistry.class).get(Metric.JOURNAL_DIFFERENCES.id()).gauge().value();
  }

  private long differences(Instant at) {
    return jdbc.sql("select differences from journal_checked where day = ?")
        .param(day(at))
        .query(Long.class)
        .single();
  }

  /** Each day of billing has so many requests like those written, and so many were rejected. */
  private void say(int charged, int rejected) {
    billing.say(DAY, 200, report(charged, rejected));
  }

  private static String report(int charged, int rejected) {
    return "{\"usage\":%s,\"rejected\":%s,\"undecided\":%s}"
        .formatted(sums(charged), sums(rejected), sums(0));
  }

  private static String sums(int n) {
    return "{\"requests\":\"%d\",\"input\":\"%d\",\"output\":\"%d\",\"pico\":\"%d\"}"
        .formatted(n, 3 * n, 7 * n, n * cost());
  }

  private static String days(Instant at, long pico) {
    return """
        {"days":[{"day":"%s","requests":"1","input":"3","output":"7","pico":"%d"}]}
        """
        .formatted(day(at), pico);
  }

  private static long cost() {
    return 1 + 2 * 2 + 3 * 3 + 4 * 4;
  }

  private static LocalDate day(Instant at) {
    return at.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private void write(Instant at, int n) {
    jdbc.sql("select ensure_journal_partitions(?)").param(day(at)).query(Object.class).list();
    for (int i = 0; i < n; i++) {
      var id = new UUID((at.toEpochMilli() << 16) | 0x7000, 0x8000_0000_0000_0000L | ++events);
      Admission admission = Admission.of(id, new Caller(3, 2, 1), 2, PRICE, 100, true, at);
      var outcome =
          new Outcome(Finish.STOP, new Tokens(1, 2, 3, 4), false, 5, UsageRecord.NO_HASH, at);
      insert(admission.admit(), "A", null);
      insert(admission.settle(outcome), "F", (long) events);
    }
  }

  private void insert(UsageRecord record, String kind, @Nullable Long seq) {
    jdbc.sql(
            """
            insert into usage_journal (bucket, event_id, kind, replica_id, epoch, ship_seq, record)
            values (?, ?, ?, 9, 1, ?, ?)
            """)
        .param(record.bucket())
        .param(record.eventId())
        .param(kind)
        .param(seq)
        .param(UsageRecordCodec.encode(record))
        .update();
  }
}
