package io.r1platform.billing.reports;

import io.r1platform.billing.errors.ServiceException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** Sums of one project, by bucket and what a tenant groups by. One query each. */
@Component
class TenantSums {
  private static final int MOST_ROWS = 10_000;

  /** What may be grouped by, and the expression for it. */
  enum Dimension {
    PROJECT_ID("project_id::text"),
    API_KEY_ID("api_key_id::text"),
    MODEL("model"),
    BATCH("batch::text"),
    END_USER("end_user"),
    PRICE_VERSION("'pv_' || version_id"),
    LINE_ITEM("sku");

    private final String expression;

    Dimension(String expression) {
      this.expression = expression;
    }
  }

  /**
   * Whose usage.
   *
   * @param apiKeyId null: of every key
   * @param model its name, null: of every model
   * @param batch only lines of batches, or only others; null: of both
   * @param endUser for whom its callers asked; null: for anybody, also if they did not say
   */
  record Of(
      long organizationId,
      long projectId,
      @Nullable Long apiKeyId,
      @Nullable String model,
      @Nullable Boolean batch,
      @Nullable String endUser) {
    boolean byUser(Set<Dimension> by) {
      return endUser != null || by.contains(Dimension.END_USER);
    }
  }

  /** A group of a bucket that has usage, which begins at that Unix second. */
  record Group<T>(long start, Map<Dimension, String> by, T sums) {}

  /** Tokens are charged ones; {@code cancelled} also counts clients that left. */
  record Tokens(
      long input, long cached, long output, long reasoning, long requests, long cancelled) {
    static Tokens read(ResultSet row) throws SQLException {
      return new Tokens(
          row.getLong("input"),
          row.getLong("cached"),
          row.getLong("output"),
          row.getLong("reasoning"),
          row.getLong("requests"),
          row.getLong("cancelled"));
    }
  }

  /** An amount, as a decimal string of pico. */
  record Cost(String pico, String currency) {
    static Cost read(ResultSet row) throws SQLException {
      return new Cost(Counts.integer(row, "pico").toString(), row.getString("currency"));
    }
  }

  private interface Read<T> {
    T from(ResultSet row) throws SQLException;
  }

  private final JdbcClient jdbc;
  private final Clock clock;

  TenantSums(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Until when all usage is in: until then every gateway has said all. */
  Instant asOf() {
    Instant now = clock.instant();
    return jdbc.sql("select coalesce(through, ?) as through from usage_complete")
        .param(now.atOffset(ZoneOffset.UTC))
        .query((row, n) -> row.getObject("through", OffsetDateTime.class).toInstant())
        .single();
  }

  List<Group<Tokens>> usage(Of whose, Buckets buckets, Set<Dimension> by) {
    return groups(
        whose,
        buckets,
        by,
        whose.byUser(by) ? "named_user_usage" : "named_usage",
        """
        sum(tok_hit + tok_miss) as input, sum(tok_hit) as cached,
        sum(tok_reason + tok_answer) as output, sum(tok_reason) as reasoning,
        sum(requests) as requests, sum(cancelled) as cancelled
        """,
        "",
        "sum(requests)",
        Tokens::read);
  }

  /** What that cost, by currency. */
  List<Group<Cost>> costs(Of whose, Buckets buckets, Set<Dimension> by) {
    boolean lines = by.contains(Dimension.LINE_ITEM);
    boolean byUser = whose.byUser(by);
    return groups(
        whose,
        buckets,
        by,
        lines
            ? byUser ? "user_usage_line" : "usage_line"
            : byUser ? "named_user_usage" : "named_usage",
        "currency, sum(amount) as pico",
        ", currency",
        lines ? "sum(amount)" : "sum(requests)",
        Cost::read);
  }

  private <T> List<Group<T>> groups(
      Of whose,
      Buckets buckets,
      Set<Dimension> by,
      String from,
      String sums,
      String alsoBy,
      String remains,
      Read<T> read) {
    var dimensions = new TreeSet<>(by);
    String columns =
        dimensions.stream()
            .map(dimension -> ", %s as by_%s".formatted(dimension.expression, dimension.name()))
            .collect(Collectors.joining());
    String groups =
        dimensions.stream()
            .map(dimension -> ", by_" + dimension.name())
            .collect(Collectors.joining());
    String sql =
        """
        select extract(epoch from date_bin(cast(:width as interval), hour,
            timestamptz 'epoch'))::bigint as start %s, %s
        from %s
        where tenant_id = :organization and project_id = :project
          and hour >= :from and hour < :to
          and (cast(:key as bigint) is null or api_key_id = :key)
          and (cast(:model as text) is null or model = :model)
          and (cast(:batch as boolean) is null or batch = :batch) %s
        group by start %s %s %s order by start %s limit %d
        """
            .formatted(
                columns,
                sums,
                from,
                whose.endUser == null ? "" : "and end_user = :endUser",
                groups,
                alsoBy,
                whose.byUser(by) ? "having " + remains + " <> 0" : "",
                groups,
                MOST_ROWS + 1);
    List<Group<T>> rows =
        bind(jdbc.sql(sql), whose, buckets)
            .query(
                (row, n) -> new Group<>(row.getLong("start"), by(row, dimensions), read.from(row)))
            .list();
    if (rows.size() > MOST_ROWS) {
      throw ServiceException.invalidRequest(
          ("These are more than %d groups. Ask for fewer buckets, group by less, filter by one key,"
                  + " or export usage_records.")
              .formatted(MOST_ROWS));
    }
    return rows;
  }

  private static StatementSpec bind(StatementSpec statement, Of whose, Buckets buckets) {
    if (whose.endUser != null) {
      statement = statement.param("endUser", whose.endUser);
    }
    return statement
        .param("width", buckets.width().interval())
        .param("organization", whose.organizationId)
        .param("project", whose.projectId)
        .param("from", buckets.start())
        .param("to", buckets.end())
        .param("key", whose.apiKeyId)
        .param("model", whose.model)
        .param("batch", whose.batch);
  }

  private static Map<Dimension, String> by(ResultSet row, Collection<Dimension> dimensions)
      throws SQLException {
    var by = new EnumMap<Dimension, String>(Dimension.class);
    for (Dimension dimension : dimensions) {
      by.put(dimension, row.getString("by_" + dimension.name()));
    }
    return by;
  }
}
