package io.r1platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class TestDatabaseTests {
  @Test
  void isPostgres18WithTheRolesOfProduction() throws SQLException {
    var database = TestDatabase.create();
    try (var connection = database.dataSource("r1_billing").getConnection();
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "select current_setting('server_version_num')::int, current_schema")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isBetween(180000, 189999);
      assertThat(rows.getString(2)).isEqualTo("billing");
    }
  }

  @Test
  void aServiceRoleOwnsNothingAndCannotCreate() throws SQLException {
    var database = TestDatabase.create();
    try (var connection = database.dataSource("r1_api").getConnection();
        var statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("create table api.sneaky(x int)"))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> statement.execute("select * from billing.anything"))
          .hasMessageContaining("permission denied");
    }
  }
}
