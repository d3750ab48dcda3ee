package io.r1platform.api.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Old days of the journal and of the request log leave, and only such as may. */
class JournalDaysIT {
  private TestDatabase fresh;
  private JdbcClient jdbc;
  private LocalDate today;
  private LocalDate old;

  @BeforeEach
  void makeAnOldDay() {
    fresh = TestDatabase.create();
    Flyway.configure()
        .dataSource(fresh.url(), "r1_api_owner", fresh.password())
        .schemas("api")
        .defaultSchema("api")
        .locations("classpath:db/api")
        .load()
        .migrate();
    jdbc = JdbcClient.create(fresh.dataSource("r1_api"));
    today = jdbc.sql("select (now() at time zone 'UTC')::date").query(LocalDate.class).single();
    old = today.minusDays(85);
    call("ensure_journal_partitions", old);
    call("ensure_request_log_partitions", old);
  }

  @Test
  void dayStaysUntilBillingHasAllOfItAndEveryAdmitIsSettled() {
    jdbc.sql("insert into shipping (replica_id, epoch, acked_seq) values (1, 1, 0)").update();
    write("A", "null");
    assertThat(drop(old.plusDays(1))).as("an ADMIT without FINAL").isEqualTo(1);
    write("F", "1");
    assertThat(drop(old.plusDays(1))).as("a FINAL that is not acknowledged").isEqualTo(1);
    jdbc.sql("update shipping set acked_seq = 1").update();
    assertThat(drop(old)).as("not old enough").isZero();
    assertThat(drop(old.plusDays(1))).as("never compared with billing").isEqualTo(1);
    compared(3);
    assertThat(drop(old.plusDays(1))).as("billing lacks something").isEqualTo(1);
    assertThat(rows()).isEqualTo(2);
    compared(0);
    assertThat(drop(old.plusDays(1))).isZero();
    assertThat(rows()).isZero();
    assertThat(jdbc.sql("select day from journal_dropped").query(LocalDate.class).list())
        .contains(old)
        .allMatch(day -> !day.isAfter(old));
  }

  /** Else the epoch would end before what billing has, and its leases would never come back. */
  @Test
  void epochWhoseDaysWereDroppedEndsWhereBillingIs() {
    var database = fresh.dataSource("r1_api");
    var epochs =
        new Epochs(jdbc, new TransactionTemplate(new DataSourceTransactionManager(database)));
    assertThat(epochs.raise(1)).isEqualTo(1);
    write("A", "null");
    write("F", "1");
    jdbc.sql("update shipping set acked_seq = 1").update();
    compared(0);
    assertThat(drop(old.plusDays(1))).isZero();
    assertThat(rows()).isZero();
    assertThat(epochs.raise(1)).isEqualTo(2);
    assertThat(jdbc.sql("select last_seq from shipping where epoch = 1").query(Long.class).single())
        .isEqualTo(1);
  }

  @Test
  void dayStaysWhileOneOfItsStreamsIsUnknownToShipping() {
    write("A", "null");
    write("F", "1");
    assertThat(drop(old.plusDays(1))).isEqualTo(1);
    assertThat(rows()).isEqualTo(2);
  }

  /** A row that is not committed yet would be lost by a drop that does not see it. */
  @Test
  void dayThatIsBeingWrittenToStays() throws SQLException {
    try (Connection writer = fresh.dataSource("r1_api").getConnection()) {
      writer.setAutoCommit(false);
      write(JdbcClient.create(new SingleConnectionDataSource(writer, true)), "A", "null");
      assertThatThrownBy(() -> drop(old.plusDays(1))).hasMessageContaining("lock timeout");
      writer.commit();
    }
    assertThat(drop(old.plusDays(1))).isEqualTo(1);
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void onlyDaysOlderThan35LeaveWhateverTheClockOfTheServiceSays() {
    for (int age : List.of(37, 34, 1)) {
      call("ensure_journal_partitions", today.minusDays(age));
    }
    call("ensure_request_log_partitions", today);
    assertThat(drop(today.plusDays(500))).isZero();
    assertThat(days("usage_journal"))
        .as("36 days old and older are gone, all younger are here")
        .containsExactlyInAnyOrderElementsOf(
            IntStream.of(35, 34, 33, 32, 2, 1, 0, -1).mapToObj(today::minusDays).toList());
    call("drop_request_log", today.plusDays(500));
    assertThat(days("request_log"))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.of(1, 0, -1, -2).mapToObj(today::minusDays).toList());
  }

  private void compared(int differences) {
    jdbc.sql(
            """
            insert into journal_checked values (?, now(), 1, 0, 0, 0, 0, ?)
            on conflict (day) do update set differences = excluded.differences
            """)
        .params(old, differences)
        .update();
  }

  private void write(String kind, String seq) {
    write(jdbc, kind, seq);
  }

  private void write(JdbcClient writer, String kind, String seq) {
    long noon = old.atTime(12, 0).toInstant(ZoneOffset.UTC).toEpochMilli();
    var event = new UUID((noon << 16) | 0x7000, 0x8000_0000_0000_0001L);
    writer
        .sql(
            """
            insert into usage_journal (bucket, event_id, kind, replica_id, epoch, ship_seq, record)
            values (?, ?, ?, 1, 1, %s, ?)
            """
                .formatted(seq))
        .params(old, event, kind, new byte[184])
        .update();
  }

  private int drop(LocalDate first) {
    return jdbc.sql("select drop_journal(?)").param(first).query(Integer.class).single();
  }

  private void call(String function, LocalDate day) {
    jdbc.sql("select %s(?)::text".formatted(function)).param(day).query((row, n) -> true).single();
  }

  private long rows() {
    return jdbc.sql("select count(*) from usage_journal").query(Long.class).single();
  }

  private List<LocalDate> days(String table) {
    return jdbc.sql(
            """
            select to_date(right(c.relname, 8), 'YYYYMMDD')
            from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = ?::regclass
            """)
        .param(table)
        .query(LocalDate.class)
        .list();
  }
}
