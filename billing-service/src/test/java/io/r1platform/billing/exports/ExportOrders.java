package io.r1platform.billing.exports;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/** Orders jobs of a day's usage as the console does, and waits for them. */
record ExportOrders(BillingFixture billing, LocalDate day) {
  static final String JOBS = "/internal/v1/export-jobs";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  String body(UUID command, String organization, String format, String target) {
    return """
    {"command_id": "%s", "actor": "ada@example.org", "dataset": "usage_records",
     "organization_id": "%s", "from": "%s", "to": "%s", "format": "%s", "target": %s}
    """
        .formatted(command, organization, day, day.plusDays(1), format, target);
  }

  /** The same order by another command. */
  static String another(String body) {
    return body.replaceFirst("[0-9a-f-]{36}", UUID.randomUUID().toString());
  }

  String ordered(String body) {
    Answer made = billing.postJson(JOBS, BillingFixture.GATEWAY, body);
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    return made.text("export_id");
  }

  Answer post(String id, String verb) {
    return billing.postJson(JOBS + "/" + id + "/" + verb, BillingFixture.GATEWAY, "{}");
  }

  String status(String id) {
    return billing.get(JOBS + "/" + id).text("status");
  }

  JsonNode ended(String id) {
    await(() -> !List.of("waiting", "running").contains(status(id)));
    return billing.get(JOBS + "/" + id).json();
  }

  static void await(BooleanSupplier condition) {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - begun).isLessThan(PATIENCE.toNanos());
    }
  }

  /** Whoever reads or writes the table waits until this is rolled back; a job writes its parts. */
  Connection lock(String table) throws SQLException {
    Connection connection = billing.database().superuser().getConnection();
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute("lock table billing." + table + " in access exclusive mode");
    }
    return connection;
  }

  long copiesThatWait() {
    return billing
        .sql()
        .sql(
            """
            select count(*) from pg_stat_activity where datname = current_database()
              and query like 'copy (%' and wait_event_type = 'Lock'
            """)
        .query(Long.class)
        .single();
  }
}
