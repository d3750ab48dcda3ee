package io.r1platform.billing.exports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;

/** A database with nothing in it but what a snapshot asks for beside the rows. */
class SnapshotsIT {
  private static final Dataset ANY = new Dataset("any", List.of(), "") {};
  private static final TestDatabase database = TestDatabase.create();

  @BeforeAll
  static void start() {
    database.execute("create view billing.usage_complete as select null::timestamptz as through");
    database.execute("create view billing.newest_checkpoint as select null::text as note");
    database.execute(
        "grant select on billing.usage_complete, billing.newest_checkpoint to r1_billing");
  }

  /** What is sorted or grouped PostgreSQL has whole before it sends the first. */
  @Test
  void theFirstRowMayTakeLongerThanAConnectionIsSilentOtherwise() throws IOException {
    var impatient = (PGSimpleDataSource) database.dataSource("r1_billing");
    impatient.setSocketTimeout(1);
    var snapshots = new Snapshots(impatient, new JdbcTemplate(impatient));
    String copy = "copy (select 'late' from pg_sleep(1.5)) to stdout";
    String row = snapshots.read(ANY, copy, (rows, beside) -> new String(rows.next(), UTF_8));
    assertThat(row).isEqualTo("late\n");
  }

  /** Else a job whose sort finds no room would be tried again for ever, and never say why. */
  @Test
  void whatAnotherTryWouldMeetAsWellIsAFailure() {
    database.execute(
        """
        create function billing.no_room() returns text language plpgsql as
        'begin raise sqlstate ''53100'' using message = ''no room is left''; end'
        """);
    var source = database.dataSource("r1_billing");
    var snapshots = new Snapshots(source, new JdbcTemplate(source));
    assertThatThrownBy(
            () ->
                snapshots.read(
                    ANY, "copy (select billing.no_room()) to stdout", (rows, beside) -> 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no room is left");
  }

  /** Else a restart of PostgreSQL would end an export for good. */
  @Test
  void aConnectionThatIsLostBetweenRowsMayBeTriedAgain() {
    var source = database.dataSource("r1_billing");
    var superuser = new JdbcTemplate(database.superuser());
    assertThatThrownBy(
            () ->
                read(
                    source,
                    new FirstRowWait(),
                    "select generate_series(1, 50000000)",
                    rows -> {
                      superuser.queryForList(
                          "select pg_terminate_backend(pid) from pg_stat_activity"
                              + " where query like 'copy (select generate_series%'");
                      while (rows.hasNext()) {
                        rows.next();
                      }
                      return 0;
                    }))
        .isInstanceOf(DataAccessResourceFailureException.class);
  }

  @Test
  void aWaitThatIsEndedBeforeItBeginsDoesNotBegin() {
    var source = database.dataSource("r1_billing");
    var wait = new FirstRowWait();
    wait.end();
    assertThatThrownBy(() -> read(source, wait, "select pg_sleep(600)", rows -> 0))
        .isInstanceOf(FirstRowWait.Ended.class);
  }

  /** Nothing that a cancellation may still find is on a connection that others get. */
  @Test
  void whatIsEndedLeavesNothingToTheNextOnTheSamePool() throws Exception {
    try (var pool = new HikariDataSource()) {
      pool.setDataSource(database.dataSource("r1_billing"));
      pool.setMaximumPoolSize(1);
      var jdbc = new JdbcTemplate(pool);
      int first = backend(jdbc);
      var wait = new FirstRowWait();
      var ended = new CompletableFuture<Throwable>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  read(pool, wait, "select pg_sleep(600)", rows -> 0);
                } catch (IOException | RuntimeException e) {
                  ended.complete(e);
                }
              });
      var superuser = new JdbcTemplate(database.superuser());
      ExportOrders.await(() -> isSleeping(superuser, first));
      wait.end();
      assertThat(ended.get(1, TimeUnit.MINUTES)).isInstanceOf(FirstRowWait.Ended.class);
      assertThat(backend(jdbc)).isNotEqualTo(first);
      ExportOrders.await(() -> !isSleeping(superuser, first));
    }
  }

  @Test
  void onceARowHasComeNothingIsEnded() throws IOException {
    var source = database.dataSource("r1_billing");
    var wait = new FirstRowWait();
    int rows =
        read(
            source,
            wait,
            "select generate_series(1, 9)",
            all -> {
              wait.end();
              int read = 0;
              for (; all.hasNext(); read++) {
                all.next();
              }
              return read;
            });
    assertThat(rows).isEqualTo(9);
  }

  private interface Taking {
    int from(Rows rows) throws IOException;
  }

  private static int read(DataSource source, FirstRowWait wait, String query, Taking taking)
      throws IOException {
    return new Snapshots(source, new JdbcTemplate(source))
        .readFor(
            "a place",
            ANY,
            "copy (" + query + ") to stdout",
            wait,
            (rows, beside) -> taking.from(rows));
  }

  private static int backend(JdbcTemplate jdbc) {
    return Objects.requireNonNull(jdbc.queryForObject("select pg_backend_pid()", Integer.class));
  }

  private static boolean isSleeping(JdbcTemplate jdbc, int backend) {
    return !jdbc.queryForList(
            "select 1 from pg_stat_activity where pid = ? and wait_event = 'PgSleep'", backend)
        .isEmpty();
  }
}
