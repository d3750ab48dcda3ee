package io.r1platform.billing.exports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** A database with nothing in it but what a snapshot asks for beside the rows. */
class SnapshotsIT {
  private static final Dataset ANY =
      new Dataset("any", List.of(), "") {
        @Override
        public boolean joinsWhatItMade() {
          return true;
        }
      };
  private static final TestDatabase database = TestDatabase.create();

  @BeforeAll
  static void start() {
    database.execute("create view billing.usage_complete as select null::timestamptz as through");
    database.execute("grant select on billing.usage_complete to r1_billing");
  }

  /** Of a large month PostgreSQL sorts all charges before it sends the first. */
  @Test
  void theFirstRowMayTakeLongerThanAConnectionIsSilentOtherwise() throws IOException {
    var impatient = (PGSimpleDataSource) database.dataSource("r1_billing");
    impatient.setSocketTimeout(1);
    var snapshots = new Snapshots(impatient, new JdbcTemplate(impatient));
    String copy = "copy (select 'late' from pg_sleep(1.5)) to stdout";
    String row = snapshots.read(ANY, copy, (rows, through) -> new String(rows.next(), UTF_8));
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
            () -> snapshots.read(ANY, "copy (select billing.no_room()) to stdout", (rows, at) -> 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no room is left");
  }
}
