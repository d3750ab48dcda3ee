package io.r1platform.billing.reports;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** Reads the hourly sums. */
@Component
class Sums {
  /** What a report groups by, and the expression for it. */
  enum Group {
    DAY("(hour at time zone 'UTC')::date"),
    PROJECT("project_id"),
    KEY("api_key_id"),
    MODEL("model_id");

    private final String expression;

    Group(String expression) {
      this.expression = expression;
    }
  }

  /** The sums of one group. */
  record Row(String key, Counts counts) {}

  private final JdbcClient jdbc;

  Sums(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** One row per group that has usage; days in order, all else by cost. */
  List<Row> by(Group group, Days days, Scope scope) {
    String sql =
        """
        select %s as key, %s
        from usage_hourly
        where hour >= :from and hour < :to and %s
        group by 1 order by %s
        """
            .formatted(
                group.expression,
                Counts.SUMS,
                Scope.FILTER,
                group == Group.DAY ? "1" : "pico desc, 1");
    return bind(jdbc.sql(sql), days, scope)
        .query((row, n) -> new Row(row.getString("key"), Counts.read(row)))
        .list();
  }

  Counts total(Days days, Scope scope) {
    String sql =
        "select %s from usage_hourly where hour >= :from and hour < :to and %s"
            .formatted(Counts.SUMS, Scope.FILTER);
    return bind(jdbc.sql(sql), days, scope).query((row, n) -> Counts.read(row)).single();
  }

  /** The newest reference list, if there is one. */
  Optional<Reference> reference() {
    return jdbc.sql("select * from reference_price")
        .query(
            (row, n) ->
                new Reference(
                    row.getString("name"),
                    row.getObject("dated", OffsetDateTime.class)
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .toLocalDate(),
                    Counts.integer(row, "hit_pico"),
                    Counts.integer(row, "miss_pico"),
                    Counts.integer(row, "reason_pico"),
                    Counts.integer(row, "answer_pico")))
        .optional();
  }

  private static StatementSpec bind(StatementSpec statement, Days days, Scope scope) {
    return statement
        .param("from", midnight(days.from()))
        .param("to", midnight(days.to()))
        .param("organizationId", scope.organizationId())
        .param("projectId", scope.projectId())
        .param("apiKeyId", scope.apiKeyId())
        .param("modelId", scope.modelId());
  }

  static OffsetDateTime midnight(LocalDate day) {
    return day.atStartOfDay().atOffset(ZoneOffset.UTC);
  }
}
