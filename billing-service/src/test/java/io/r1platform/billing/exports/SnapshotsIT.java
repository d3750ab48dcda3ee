package io.r1platform.billing.exports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** A database with nothing in it but what a snapshot asks for beside the rows. */
class SnapshotsIT {
  private static final Dataset ANY = new Dataset("any", List.of(), "") {};
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
}
