package io.r1platform.api.metering;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.FakeBilling;
import io.r1platform.api.FakeBilling.Illness;
import io.r1platform.api.RunningApi;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Prices;
import io.r1platform.api.prices.Tokens;
import io.r1platform.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShippingIT {
  private final Random random = new Random(11);
  private TestDatabase database;
  private FakeBilling billing;
  private RunningApi api;

  @BeforeEach
  void start() {
    database = TestDatabase.create();
    billing = new FakeBilling();
    api = startApi();
  }

  @AfterEach
  void stop() {
    api.close();
    billing.close();
  }

  @Test
  void shipsEveryFinalInOrderAndAsItIsInTheJournal() {
    settle(300);
    awaitShipped(1, 300);
    assertThat(billing.records(1, 1).keySet())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 300).boxed().toList());
    assertThat(journal(1)).isEqualTo(hex(1));
    var summary = api.bean(JournalReports.class).summary(null, null);
    assertThat(summary.finals()).isEqualTo(300);
    assertThat(summary.admitted()).isEqualTo(300);
    assertThat(summary.open()).isZero();
    assertThat(summary.input()).isEqualTo(300 * 3);
    assertThat(summary.output()).isEqualTo(300 * 7);
    assertThat(summary.costPico()).isEqualTo(300L * (140_000 + 2 * 550_000 + 7 * 2_190_000));
    Await.until(
        "the acknowledgement",
        () -> api.bean(JournalReports.class).summary(null, null).unshipped() == 0);
  }

  @Test
  void shipsAgainWhenBillingForgetsToAnswer() {
    billing.become(Illness.FORGETS_TO_ANSWER);
    settle(5);
    Await.until("a second try", () -> billing.batches(1, 1).size() >= 2);
    assertThat(billing.batches(1, 1)).startsWith(1L, 1L);
    billing.become(Illness.NONE);
    settle(5);
    awaitShipped(1, 10);
    assertThat(journal(1)).isEqualTo(hex(1));
  }

  @Test
  void keepsEverythingWhileBillingIsAway() {
    billing.become(Illness.DOWN);
    settle(20);
    assertThat(api.bean(JournalReports.class).summary(null, null).unshipped()).isEqualTo(20);
    billing.become(Illness.NONE);
    awaitShipped(1, 20);
  }

  @Test
  void goesBackToWhereBillingStandsAfterARestore() {
    settle(10);
    awaitShipped(1, 10);
    billing.rewind(1, 1, 4);
    settle(2);
    awaitShipped(1, 12);
    assertThat(journal(1)).isEqualTo(hex(1));
  }

  @Test
  void settlesShipsAndClosesWhatItsLastLifeLeft() {
    billing.become(Illness.DOWN);
    settle(3);
    UUID orphan = admit().eventId();
    api.close();
    api = startApi();
    JournalReports reports = api.bean(JournalReports.class);
    assertThat(reports.find(orphan))
        .hasValueSatisfying(e -> assertThat(e.finish()).isEqualTo("lost"));
    assertThat(reports.orphans(null, null, 10))
        .containsExactly(new JournalReports.Orphan(orphan, "LOST"));
    assertThat(reports.summary(null, null).open()).isZero();
    billing.become(Illness.NONE);
    awaitShipped(1, 3);
    awaitShipped(2, 1);
    Await.until("the close", () -> Long.valueOf(3).equals(billing.closedAt(1, 1)));
    assertThat(billing.closedAt(1, 2)).isNull();
  }

  @Test
  void knowsThePricesWhenItStartsWhileBillingIsAway() {
    Await.until("prices", () -> api.bean(Prices.class).at(2, RunningApi.START).isPresent());
    api.close();
    billing.become(Illness.DOWN);
    api = startApi();
    Price price = api.bean(Prices.class).at(2, RunningApi.START).orElseThrow();
    assertThat(price.contentSha256()).isEqualTo(FakeBilling.PRICE_SHA256);
    assertThat(price.publicVersion()).isEqualTo("pv_1");
    assertThat(api.bean(Prices.class).at(100, RunningApi.START)).isEmpty();
    assertThat(api.bean(Prices.class).at(2, RunningApi.START.minusSeconds(90_000_000))).isEmpty();
  }

  private RunningApi startApi() {
    return RunningApi.start(
        database,
        Map.of("r1.api.billing.url", billing.url(), "r1.api.metering.ship-retry", "50ms"));
  }

  private Admission admit() {
    Price price =
        Await.value("prices", () -> api.bean(Prices.class).at(2, RunningApi.START).orElse(null));
    long high = (RunningApi.START.toEpochMilli() << 16) | 0x7000L | random.nextInt(0x1000);
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    Admission admission =
        Admission.of(
            new UUID(high, low), new Caller(3, 2, 1), 2, price, 100, true, RunningApi.START);
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

  private void awaitShipped(int epoch, int n) {
    Await.until("%d records".formatted(n), () -> billing.records(1, epoch).size() == n);
  }

  private List<String> journal(int epoch) {
    return api.bean(org.springframework.jdbc.core.simple.JdbcClient.class)
        .sql(
            """
            select encode(record, 'hex') from usage_journal
            where epoch = :epoch and kind = 'F' order by ship_seq
            """)
        .param("epoch", epoch)
        .query(String.class)
        .list();
  }

  private List<String> hex(int epoch) {
    return billing.records(1, epoch).values().stream()
        .map(java.util.HexFormat.of()::formatHex)
        .toList();
  }
}
