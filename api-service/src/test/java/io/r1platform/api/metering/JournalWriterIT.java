package io.r1platform.api.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.api.Await;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.prices.UnitPrices;
import io.r1platform.testing.SettableClock;
import io.r1platform.testing.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class JournalWriterIT {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Price PRICE =
      new Price(
          "1",
          "ab".repeat(32),
          "USD",
          new UnitPrices(new Pico(1), new Pico(2), new Pico(3), new Pico(4)));

  private final Random random = new Random(7);
  private final SettableClock clock = new SettableClock(NOW);
  private final List<JournalWriter> writers = new ArrayList<>();
  private final AtomicInteger fenced = new AtomicInteger();
  private DataSource owner;
  private DataSource database;
  private JdbcClient jdbc;
  private Epochs epochs;
  private Orphans orphans;

  @BeforeEach
  void migrate() {
    TestDatabase fresh = TestDatabase.create();
    Flyway.configure()
        .dataSource(fresh.url(), "r1_api_owner", fresh.password())
        .schemas("api")
        .defaultSchema("api")
        .locations("classpath:db/api")
        .load()
        .migrate();
    owner = fresh.dataSource("r1_api_owner");
    database = fresh.dataSource("r1_api");
    jdbc = JdbcClient.create(database);
    var transaction = new TransactionTemplate(new DataSourceTransactionManager(database));
    epochs = new Epochs(jdbc, transaction);
    orphans = new Orphans(jdbc, transaction, clock);
  }

  @AfterEach
  void stop() {
    writers.forEach(writer -> writer.stop(5_000));
  }

  @Test
  void anAcknowledgedRowIsOnDiskAndFinalsAreNumberedWithoutGap() {
    JournalWriter writer = writer(1, epochs.raise(1), database);
    List<CompletableFuture<Void>> acks = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      Admission admission = admission();
      acks.add(writer.append(admission.admit()));
      acks.add(writer.append(admission.settle(stopped())));
    }
    acks.forEach(CompletableFuture::join);
    assertThat(sequence(1, 1)).hasSize(600);
    assertThat(sequence(1, 1).getFirst()).isEqualTo(1);
    assertThat(sequence(1, 1).getLast()).isEqualTo(600);
    assertThat(count("A")).isEqualTo(600);
    assertThat(writer.lastDurableSeq()).isEqualTo(600);
  }

  @Test
  void writesOnceWhenTheAnswerToACommitIsLost() {
    var faulty = new FaultyDataSource(database);
    JournalWriter writer = writer(1, epochs.raise(1), faulty);
    Admission first = admission();
    writer.append(first.admit()).join();
    faulty.loseTheNextAnswers(3);
    Admission second = admission();
    CompletableFuture.allOf(
            writer.append(first.settle(stopped())),
            writer.append(second.admit()),
            writer.append(second.settle(stopped())))
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
    assertThat(faulty.lost()).isEqualTo(3);
    assertThat(sequence(1, 1)).containsExactly(1L, 2L);
    assertThat(count("A")).isEqualTo(2);
    assertThat(writer.isFenced()).isFalse();
  }

  @Test
  void waitsOutADatabaseThatIsAwayAndSaysThatItIsStalled() {
    var faulty = new FaultyDataSource(database);
    JournalWriter writer = writer(1, epochs.raise(1), faulty);
    writer.append(admission().admit()).join();
    faulty.goAway();
    CompletableFuture<Void> waiting = writer.append(admission().admit());
    Await.until("stalled", writer::isStalled);
    assertThat(waiting).isNotDone();
    faulty.comeBack();
    waiting.orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(writer.isStalled()).isFalse();
    assertThat(count("A")).isEqualTo(2);
  }

  @Test
  void givesBackAConnectionThatBreaksBeforeItIsUsed() {
    var faulty = new FaultyDataSource(database);
    faulty.breakNew(3);
    JournalWriter writer = writer(1, epochs.raise(1), faulty);
    writer.append(admission().admit()).orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(faulty.open()).as("connections that the writer holds").isEqualTo(1);
  }

  @Test
  void writesOnAfterAFailureThatNobodyForesaw() {
    var faulty = new FaultyDataSource(database);
    JournalWriter writer = writer(1, epochs.raise(1), faulty);
    Admission first = admission();
    writer.append(first.admit()).join();
    faulty.failUnforeseen(2);
    writer.append(first.settle(stopped())).orTimeout(20, TimeUnit.SECONDS).join();
    writer.append(admission().admit()).orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(faulty.unforeseenLeft()).isZero();
    assertThat(sequence(1, 1)).containsExactly(1L);
    assertThat(count("A")).isEqualTo(2);
  }

  @Test
  void aFencedWriterWritesNothingAndFailsWhoeverWaits() {
    JournalWriter old = writer(1, epochs.raise(1), database);
    Admission admission = admission();
    old.append(admission.admit()).join();
    epochs.raise(1);
    assertThatThrownBy(() -> old.append(admission.settle(stopped())).join())
        .isInstanceOf(CompletionException.class);
    assertThat(old.isFenced()).isTrue();
    Await.until("the word that it is fenced", () -> fenced.get() == 1);
    assertThat(count("F")).isZero();
    assertThatThrownBy(() -> old.append(admission().admit()).join())
        .isInstanceOf(CompletionException.class);
  }

  /** Its own FINAL is on disk, so "nothing was charged" would be a lie. */
  @Test
  void aFencedWriterSaysPendingWhereItsRecordMayBeOnDisk() {
    var faulty = new FaultyDataSource(database);
    JournalWriter writer = writer(1, epochs.raise(1), faulty);
    Admission admission = admission();
    writer.append(admission.admit()).join();
    faulty.loseTheNextAnswerAndGoAway();
    CompletableFuture<Void> last = writer.append(admission.settle(stopped()));
    Await.until("the answer is lost", () -> faulty.lost() == 1);
    epochs.raise(1);
    faulty.comeBack();
    assertThat(charged(last)).isEqualTo("pending");
    assertThat(count("F")).as("it was written").isEqualTo(1);
    assertThat(charged(writer.append(admission().admit()))).isEqualTo("0");
  }

  /** What the failure of an append says was charged. */
  private static String charged(CompletableFuture<Void> failing) {
    Throwable why =
        failing.handle((done, failure) -> failure).orTimeout(20, TimeUnit.SECONDS).join();
    return why instanceof ServiceException told ? told.charged() : String.valueOf(why);
  }

  @Test
  void settlesOrphansAsLostInItsOwnSequenceOnce() {
    JournalWriter dead = writer(1, epochs.raise(1), database);
    Admission finished = admission();
    Admission orphan = admission();
    dead.append(finished.admit()).join();
    dead.append(finished.settle(stopped())).join();
    dead.append(orphan.admit()).join();
    dead.stop(5_000);

    JournalWriter next = writer(1, epochs.raise(1), database);
    assertThat(orphans.settleOwn(1, next)).isEqualTo(1);
    assertThat(orphans.settleOwn(1, next)).isZero();

    assertThat(sequence(1, 1)).containsExactly(1L);
    assertThat(sequence(1, 2)).containsExactly(1L);
    UsageRecord lost =
        jdbc.sql("select record from usage_journal where event_id = :id and kind = 'F'")
            .param("id", orphan.eventId())
            .query((row, n) -> UsageRecordCodec.decode(row.getBytes(1)))
            .single();
    assertThat(lost.finish()).isEqualTo(Finish.LOST);
    assertThat(lost.recovered()).isTrue();
    assertThat(lost.amount()).isEqualTo(Pico.ZERO);
    assertThat(epochs.unreported(1, 2))
        .extracting(Epochs.Stream::lastSeq, Epochs.Stream::settled)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1L, true),
            org.assertj.core.groups.Tuple.tuple(null, false));
  }

  @Test
  void leavesNoHoleWhereAPeerHasSettledTheSameOrphan() {
    JournalWriter dead = writer(1, epochs.raise(1), database);
    Admission orphan = admission();
    dead.append(orphan.admit()).join();
    dead.stop(5_000);
    UsageRecord lost = orphan.admit().lost(Admission.micros(NOW));
    JournalWriter peer = writer(2, epochs.raise(2), database);
    peer.append(lost).join();

    var faulty = new FaultyDataSource(database);
    JournalWriter second = writer(3, epochs.raise(3), faulty);
    Admission other = admission();
    second.append(other.admit()).join();
    faulty.loseTheNextAnswers(1);
    CompletableFuture<Void> late = second.append(lost);
    CompletableFuture<Void> twice = second.append(other.settle(stopped()));
    CompletableFuture<Void> again = second.append(other.settle(stopped()));
    Admission last = admission();
    CompletableFuture<Void> good = second.append(last.settle(stopped()));

    good.orTimeout(20, TimeUnit.SECONDS).join();
    twice.orTimeout(20, TimeUnit.SECONDS).join();
    assertThatThrownBy(late::join).hasCauseInstanceOf(AlreadyWritten.class);
    assertThatThrownBy(again::join).hasCauseInstanceOf(AlreadyWritten.class);
    assertThat(sequence(3, 1)).containsExactly(1L, 2L);
    assertThat(second.lastDurableSeq()).isEqualTo(2);
    assertThat(second.isFenced()).isFalse();
  }

  /** Else a day that cannot be made for a moment would cost what happened in it. */
  @Test
  void recordsWaitUntilTheirMissingDayCanBeMade() {
    JdbcClient.create(owner)
        .sql("revoke execute on function ensure_journal_partitions(date) from r1_api")
        .update();
    JournalWriter writer = writer(1, epochs.raise(1), database);
    CompletableFuture<Void> first = writer.append(admission().admit());
    Await.until("several tries", writer::isStalled);
    assertThat(first).isNotDone();
    JdbcClient.create(owner)
        .sql("grant execute on function ensure_journal_partitions(date) to r1_api")
        .update();
    first.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void aPeerThatTheDatabasesAbsenceSilencedIsNotFencedByWhoComesBackFirst() {
    epochs.raise(1);
    epochs.raise(2);
    jdbc.sql("update replica set seen_at = now() - interval '1 h'").update();
    assertThat(epochs.touch(2, 1)).isTrue();
    assertThat(epochs.fenceSilent(2, 3)).isZero();
    assertThat(epochs.touch(1, 1)).isTrue();
    for (int look = 0; look < 3; look++) {
      assertThat(epochs.fenceSilent(2, 3)).isZero();
    }
  }

  @Test
  void anErrorOnTheWritersThreadEndsTheEpochInsteadOfLeavingItWithoutAWriter() {
    var broken = new FaultyDataSource(database);
    broken.failByError();
    JournalWriter writer = writer(1, epochs.raise(1), broken);
    CompletableFuture<Void> lost = writer.append(admission().admit());
    assertThatThrownBy(() -> lost.orTimeout(20, TimeUnit.SECONDS).join())
        .hasCauseInstanceOf(ServiceException.class);
    Await.until("the epoch is over", writer::isFenced);
    assertThat(fenced).hasValue(1);
    assertThatThrownBy(() -> writer.append(admission().admit()).join())
        .hasCauseInstanceOf(ServiceException.class);
  }

  @Test
  void aRecordThatIsRefusedForGoodHoldsUpNoOther() {
    JdbcClient.create(owner).sql("alter table usage_journal add check (hold_pico <> 666)").update();
    JournalWriter writer = writer(1, epochs.raise(1), database);
    CompletableFuture<Void> bad = writer.append(admission().admit(), held(666), Labels.NONE);
    CompletableFuture<Void> good = writer.append(admission().admit(), held(1), Labels.NONE);
    good.orTimeout(20, TimeUnit.SECONDS).join();
    assertThatThrownBy(() -> bad.orTimeout(20, TimeUnit.SECONDS).join())
        .hasCauseInstanceOf(ServiceException.class);
    Admission next = admission();
    writer.append(next.admit()).join();
    writer.append(next.settle(stopped())).join();
    assertThat(sequence(1, 1)).containsExactly(1L);
  }

  @Test
  void aPeerTakesOverFromASilentReplicaButNotFromALivingOne() {
    JournalWriter silent = writer(1, epochs.raise(1), database);
    silent.append(admission().admit()).join();
    JournalWriter peer = writer(2, epochs.raise(2), database);
    assertThat(epochs.fenceSilent(2, 3)).isZero();
    assertThat(epochs.fenceSilent(2, 3)).isZero();
    assertThat(epochs.touch(1, 1)).isTrue();
    for (int look = 0; look < 3; look++) {
      assertThat(epochs.fenceSilent(2, 3)).isZero();
    }
    assertThat(orphans.settleAny(peer)).isZero();

    assertThat(epochs.fenceSilent(2, 3)).isEqualTo(1);
    assertThat(epochs.fenceSilent(2, 3)).isZero();
    assertThat(orphans.settleAny(peer)).isEqualTo(1);
    assertThat(orphans.settleAny(peer)).isZero();

    assertThat(sequence(2, 1)).containsExactly(1L);
    assertThat(epochs.touch(1, 1)).isFalse();
    assertThat(epochs.touch(2, 1)).isTrue();
    assertThatThrownBy(() -> silent.append(admission().admit()).join())
        .isInstanceOf(CompletionException.class);
    assertThat(epochs.raise(1)).isEqualTo(3);
  }

  @Test
  void makesTheDayThatIsMissing() {
    JournalWriter writer = writer(1, epochs.raise(1), database);
    clock.set(Instant.parse("2027-03-01T00:00:00Z"));
    writer.append(admission().admit()).orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(count("A")).isEqualTo(1);
  }

  @Test
  void refusesTheServiceARoleThatCouldChangeHistory() {
    JournalWriter writer = writer(1, epochs.raise(1), database);
    writer.append(admission().admit()).join();
    for (String sql :
        List.of(
            "update usage_journal set kind = 'F'",
            "delete from usage_journal",
            "truncate usage_journal",
            "drop table usage_journal")) {
      assertThatThrownBy(() -> jdbc.sql(sql).update())
          .as(sql)
          .hasMessageContaining("usage_journal");
    }
    assertThat(count("A")).isEqualTo(1);
  }

  private JournalWriter writer(long replica, int epoch, DataSource source) {
    var properties =
        new MapConfigurationPropertySource(
            Map.of(
                "r1.api.metering.replica-id", replica, "r1.api.metering.stalled-after", "200ms"));
    var settings = new Binder(properties).bindOrCreate("r1.api.metering", MeteringSettings.class);
    var writer = new JournalWriter(source, settings, epoch, () -> {}, fenced::incrementAndGet);
    writers.add(writer);
    writer.start();
    return writer;
  }

  private Admission admission() {
    long high = (clock.millis() << 16) | 0x7000L | random.nextInt(0x1000);
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return Admission.of(
        new UUID(high, low), new Caller(3, 2, 1), 2, PRICE, 100, true, clock.instant());
  }

  private Outcome stopped() {
    return new Outcome(
        Finish.STOP, new Tokens(1, 2, 3, 4), false, 5, UsageRecord.NO_HASH, clock.instant());
  }

  private static Reservation held(long pico) {
    return new Reservation(pico, 1, 0, 0, 0);
  }

  private List<Long> sequence(long replica, int epoch) {
    return jdbc.sql(
            """
            select ship_seq from usage_journal
            where replica_id = :replica and epoch = :epoch and kind = 'F' order by ship_seq
            """)
        .param("replica", replica)
        .param("epoch", epoch)
        .query(Long.class)
        .list();
  }

  private long count(String kind) {
    return jdbc.sql("select count(*) from usage_journal where kind = :kind")
        .param("kind", kind)
        .query(Long.class)
        .single();
  }
}
