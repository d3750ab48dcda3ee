package io.r1platform.inference.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.testing.TestDatabase;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** The writer of receipts against a real table. */
final class WriterIT {
  private static final String HASH = "00".repeat(32);

  private final TestDatabase database = TestDatabase.create();
  private final Instant now = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MICROS);
  private final UUID instance = UUID.randomUUID();
  private final ReceiptTable table = table();
  private final Instances instances =
      new Instances(
          JdbcClient.create(database.dataSource("r1_inference")),
          new JdbcTransactionManager(database.dataSource("r1_inference")));
  private final CompletableFuture<Throwable> death = new CompletableFuture<>();
  private final Writer writer =
      new Writer(table, instance, 16, () -> {}, () -> {}, death::complete);
  private final Thread thread = Thread.ofPlatform().unstarted(writer);

  private ReceiptTable table() {
    Flyway.configure()
        .dataSource(database.url(), "r1_inference_owner", database.password())
        .schemas("inference")
        .defaultSchema("inference")
        .locations("classpath:db/inference")
        .load()
        .migrate();
    var source = database.dataSource("r1_inference");
    return new ReceiptTable(new JdbcTemplate(source), new JdbcTransactionManager(source));
  }

  @BeforeEach
  void start() {
    table.makePartitions();
    instances.begin(instance, "local", now);
    thread.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    writer.stop();
    thread.join(Duration.ofSeconds(20));
  }

  private UUID id(int number, Instant at) {
    return new UUID((at.toEpochMilli() << 16) | 0x7000, 0x8000000000000000L | number);
  }

  private Receipt receipt(UUID id, int attempt) {
    return new Receipt(
        id, attempt, 2, "1.3", 3, 4, 5, 6, Receipt.Finish.STOP, HASH, now, now.plusSeconds(1));
  }

  private static void join(CompletableFuture<Void> durable) throws Exception {
    durable.get(20, TimeUnit.SECONDS);
  }

  @Test
  void numbersHaveNoGapAlsoWhenSomeReceiptsAreRefused() throws Exception {
    List<CompletableFuture<Void>> durable = new ArrayList<>();
    List<CompletableFuture<Void>> refused = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      durable.add(writer.add(receipt(id(i, now), 1)));
      if (i % 10 == 0) { // no partition for this day: the table refuses it for good
        refused.add(writer.add(receipt(id(i, now.minus(Duration.ofDays(400))), 1)));
      }
    }
    for (CompletableFuture<Void> each : durable) {
      join(each);
    }

    assertThat(refused)
        .hasSize(20)
        .allSatisfy(each -> assertThat(each).failsWithin(Duration.ofSeconds(20)));
    assertThat(table.after(instance, 0, null, 1_000)).hasSize(200);
    assertThat(writer.lastSeq()).isEqualTo(200);
    assertThat(seqs()).isEqualTo("1..200 of 200");
  }

  @Test
  void makesTheDayThatTheHourlyJobSleptThrough() throws Exception {
    String today = now.atOffset(ZoneOffset.UTC).toLocalDate().toString().replace("-", "");
    database.execute("drop table inference.engine_receipt_" + today);

    join(writer.add(receipt(id(1, now), 1)));

    assertThat(table.after(instance, 0, null, 10)).hasSize(1);
  }

  @Test
  void losesNothingWhileTheDayCannotBeMade() throws Exception {
    String today = now.atOffset(ZoneOffset.UTC).toLocalDate().toString().replace("-", "");
    database.execute("drop table inference.engine_receipt_" + today);
    String make = "execute on function inference.make_receipt_partitions()";
    database.execute("revoke " + make + " from r1_inference");

    CompletableFuture<Void> durable = writer.add(receipt(id(1, now), 1));
    while (writer.healthy() && !durable.isDone()) {
      LockSupport.parkNanos(1_000_000);
    }
    database.execute("grant " + make + " to r1_inference");

    join(durable);
    assertThat(table.after(instance, 0, null, 10)).hasSize(1);
  }

  private String seqs() {
    return JdbcClient.create(database.superuser())
        .sql(
            """
            select min(ship_seq) || '..' || max(ship_seq) || ' of ' || count(distinct ship_seq)
            from inference.engine_receipt
            """)
        .query(String.class)
        .single();
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws Exception {
    Receipt receipt = receipt(id(1, now), 2);
    join(writer.add(receipt));

    assertThat(table.after(instance, 0, null, 10)).containsExactly(receipt);
  }

  @Test
  void anAttemptHasOneReceiptOnlyAndOthersGoOn() throws Exception {
    join(writer.add(receipt(id(1, now), 1)));

    CompletableFuture<Void> again = writer.add(receipt(id(1, now), 1));
    CompletableFuture<Void> next = writer.add(receipt(id(1, now), 2));
    join(next);

    assertThatThrownBy(() -> join(again)).hasMessageContaining("has a receipt already");
    assertThat(seqs()).isEqualTo("1..2 of 2");
  }

  @Test
  void repeatingACommitOfUnknownOutcomeChangesNothing() {
    List<Receipt> receipts = List.of(receipt(id(1, now), 1), receipt(id(2, now), 1));
    UUID other = UUID.randomUUID();
    instances.begin(other, "other", now);

    Appended first = table.append(other, 1, receipts);
    Appended again = table.append(other, 1, receipts);

    assertThat(first).isEqualTo(new Appended.Written());
    assertThat(again).isEqualTo(new Appended.Written());
    assertThat(table.after(other, 0, null, 10)).isEqualTo(receipts);
  }

  /** Else the thread would be gone, every request would be served, and no receipt would last. */
  @Test
  void anErrorFailsWhatWaitsAndEndsTheProcess() throws Exception {
    var source = new BrokenDataSource(database.dataSource("r1_inference"));
    var broken = new ReceiptTable(new JdbcTemplate(source), new JdbcTransactionManager(source));
    var dying = new Writer(broken, instance, 16, () -> {}, () -> {}, death::complete);
    CompletableFuture<Void> inHand = dying.add(receipt(id(1, now), 1));
    Thread.ofPlatform().start(dying).join(Duration.ofSeconds(20));

    assertThatThrownBy(() -> join(inHand)).hasMessageContaining("are written no more");
    assertThatThrownBy(() -> join(dying.add(receipt(id(2, now), 1))))
        .hasMessageContaining("are written no more");
    assertThat(dying.healthy()).isFalse();
    assertThat(death.get(20, TimeUnit.SECONDS)).isInstanceOf(StackOverflowError.class);
  }

  /** Connections that break with an Error once a statement is to be made. */
  private static final class BrokenDataSource extends DelegatingDataSource {
    BrokenDataSource(DataSource target) {
      super(target);
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection connection = super.getConnection();
      return (Connection)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Connection.class},
              (_, method, arguments) -> {
                if (method.getName().equals("prepareStatement")) {
                  throw new StackOverflowError("on purpose");
                }
                return method.invoke(connection, arguments);
              });
    }
  }

  @Test
  void anEndedInstanceWritesNothingMore() throws Exception {
    join(writer.add(receipt(id(1, now), 1)));
    instances.begin(UUID.randomUUID(), "local", now);

    CompletableFuture<Void> late = writer.add(receipt(id(2, now), 1));

    assertThatThrownBy(() -> join(late)).hasMessageContaining("a successor writes now");
    assertThat(writer.healthy()).isFalse();
    assertThat(table.after(instance, 0, null, 10)).hasSize(1);
  }
}
