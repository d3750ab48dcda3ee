package io.r1platform.inference.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** Old days of receipts leave, and only such as may. */
final class ReceiptDaysIT {
  private final TestDatabase database = TestDatabase.create();
  private final UUID instance = UUID.randomUUID();
  private final JdbcClient sql = JdbcClient.create(database.dataSource("r1_inference"));
  private final JdbcTransactionManager transactions =
      new JdbcTransactionManager(database.dataSource("r1_inference"));
  private final Instances instances = new Instances(sql, transactions);
  private final ReceiptTable table =
      new ReceiptTable(new JdbcTemplate(database.dataSource("r1_inference")), transactions);
  private LocalDate today = LocalDate.EPOCH;

  @BeforeEach
  void migrate() {
    Flyway.configure()
        .dataSource(database.url(), "r1_inference_owner", database.password())
        .schemas("inference")
        .defaultSchema("inference")
        .locations("classpath:db/inference")
        .load()
        .migrate();
    table.makePartitions();
    today = sql.sql("select (now() at time zone 'UTC')::date").query(LocalDate.class).single();
    instances.begin(instance, "local", noon(today));
  }

  @Test
  void aDayStaysUntilBillingHasAllOfIt() {
    makeDays(40, 39);
    add(table, 1, today.minusDays(40));
    add(table, 2, today.minusDays(39));

    assertThat(table.dropDays(today.minusDays(35))).isEqualTo(new ReceiptTable.Dropped(0, 2));
    instances.shipped(instance, 1);
    assertThat(table.dropDays(today.minusDays(40))).isEqualTo(new ReceiptTable.Dropped(0, 0));
    assertThat(table.dropDays(today.minusDays(35))).isEqualTo(new ReceiptTable.Dropped(1, 1));

    assertThat(table.after(instance, 1, null, 10)).hasSize(1);
    assertThat(days()).contains(today.minusDays(39)).doesNotContain(today.minusDays(40));
  }

  @Test
  void onlyDaysOlderThanAWeekLeaveWhateverTheClockOfTheServiceSays() {
    makeDays(9, 8, 7, 6);

    assertThat(table.dropDays(today.plusDays(500))).isEqualTo(new ReceiptTable.Dropped(2, 0));

    assertThat(days())
        .containsExactlyInAnyOrderElementsOf(
            List.of(7, 6, 1, 0, -1, -2).stream().map(today::minusDays).toList());
  }

  /** Else the next start would fail, for a stream cannot end before what is shipped. */
  @Test
  void aStreamWhoseDaysWereDroppedEndsWhereBillingIs() {
    makeDays(40);
    add(table, 1, today.minusDays(40));
    instances.shipped(instance, 1);
    assertThat(table.dropDays(today.minusDays(35)).dropped()).isEqualTo(1);

    instances.begin(UUID.randomUUID(), "local", noon(today).plusSeconds(1));

    assertThat(instances.open("local").getFirst().lastSeq()).isEqualTo(1);
  }

  /** What follows a dropped receipt must not be shipped under its number. */
  @Test
  void aStreamThatBillingWantsFromADroppedReceiptOnIsNotShippedWrongly() {
    makeDays(40);
    add(table, 1, today.minusDays(40));
    add(table, 2, today);
    instances.shipped(instance, 1);
    assertThat(table.dropDays(today.minusDays(35)).dropped()).isEqualTo(1);

    assertThat(table.after(instance, 1, null, 10)).hasSize(1);
    assertThatThrownBy(() -> table.after(instance, 0, null, 10)).hasMessageContaining("is dropped");
  }

  /** Else it would wait for ever, and nobody would be told. */
  @Test
  void aStreamWhoseRestWasDroppedSaysSo() {
    makeDays(40);
    add(table, 1, today.minusDays(40));
    instances.shipped(instance, 1);
    assertThat(table.dropDays(today.minusDays(35)).dropped()).isEqualTo(1);

    assertThat(table.after(instance, 1, 1L, 10)).isEmpty();
    assertThatThrownBy(() -> table.after(instance, 0, 1L, 10)).hasMessageContaining("is dropped");
  }

  /** A row that is not committed yet would be lost by a drop that does not see it. */
  @Test
  void aDayThatIsBeingWrittenToStays() throws SQLException {
    makeDays(40);
    try (Connection connection = database.dataSource("r1_inference").getConnection()) {
      connection.setAutoCommit(false);
      var source = new SingleConnectionDataSource(connection, true);
      var writer = new JdbcTemplate(source);
      writer.update(
          """
          insert into engine_receipt
          values (?, ?, 1, ?, 1, 2, '1.3', 1, 1, 0, 1, 'stop', sha256(''), now(), now())
          """,
          today.minusDays(40),
          UUID.randomUUID(),
          instance);

      assertThatThrownBy(() -> table.dropDays(today.minusDays(35)))
          .hasMessageContaining("lock timeout");
      connection.commit();
    }
    assertThat(table.dropDays(today.minusDays(35))).isEqualTo(new ReceiptTable.Dropped(0, 1));
  }

  private void makeDays(int... ages) {
    for (int age : ages) {
      LocalDate day = today.minusDays(age);
      String name = "inference.engine_receipt_" + day.toString().replace("-", "");
      database.execute(
          "create table %s partition of inference.engine_receipt for values from ('%s') to ('%s')"
              .formatted(name, day, day.plusDays(1)));
      database.execute("alter table %s owner to r1_inference_owner".formatted(name));
    }
  }

  private void add(ReceiptTable to, long seq, LocalDate day) {
    Instant at = noon(day);
    var id = new UUID((at.toEpochMilli() << 16) | 0x7000, 0x8000000000000000L | seq);
    var receipt =
        new Receipt(id, 1, 2, "1.3", 3, 4, 5, 6, Receipt.Finish.STOP, "00".repeat(32), at, at);
    assertThat(to.append(instance, seq, List.of(receipt))).isEqualTo(new Appended.Written());
  }

  private static Instant noon(LocalDate day) {
    return day.atTime(12, 0).toInstant(ZoneOffset.UTC);
  }

  private List<LocalDate> days() {
    return sql.sql(
            """
            select to_date(right(c.relname, 8), 'YYYYMMDD')
            from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = 'engine_receipt'::regclass
            """)
        .query(LocalDate.class)
        .list();
  }
}
