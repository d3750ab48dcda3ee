package io.r1platform.billing.budgets;

import io.r1platform.billing.pages.ListPage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Alerts that wait for a target, and those of the past. */
@Component
class AlertQueue {
  /**
   * A claimed delivery.
   *
   * @param attempts how many, this one included
   * @param closed the target takes nothing any more
   * @param body what to send
   */
  @SuppressWarnings("ArrayRecordComponent") // a secret, never compared
  record Due(
      long alertId,
      long targetId,
      int attempts,
      String url,
      boolean closed,
      byte[] secret,
      String body) {}

  /** An alert as operators see it; amounts in pico. */
  record Alert(
      String alertId,
      String organization,
      String budgetId,
      Scope scope,
      String scopeId,
      Instant startsAt,
      @Nullable Instant endsAt,
      int percent,
      String spent,
      String limit,
      String currency,
      Instant createdAt) {}

  /** What a target gets. */
  record Message(String type, Instant timestamp, Alert data) {}

  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(6);
  private static final String ALERTS =
      """
      select a.alert_id, a.organization_id, a.percent, a.spent, a.limit_pico, a.created_at,
        b.budget_id, b.scope, b.scope_id, b.currency, lower(p.period) as starts_at,
        upper(p.period) as ends_at
      from budget_alert a join budget_period p using (period_id) join budget b using (budget_id)
      """;

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Clock clock;

  AlertQueue(JdbcClient jdbc, JsonMapper json, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Claims what is due, but for these targets. It is due again after the longest that an attempt
   * may take and a pause that doubles each time, from 5 s to 6 h.
   */
  List<Due> claim(int most, Set<Long> but, Duration attempt) {
    List<Claimed> claimed =
        jdbc.sql(
                """
                update webhook_delivery d set attempts = d.attempts + 1,
                  next_at = ?::timestamptz + make_interval(secs => ? + least(?, ? * 2 ^ d.attempts))
                from webhook_target t
                where t.target_id = d.target_id and (d.alert_id, d.target_id) in (
                  select alert_id, target_id from webhook_delivery
                  where next_at <= ? and target_id <> all(?::bigint[])
                  order by next_at limit ? for update skip locked)
                returning d.alert_id, d.target_id, d.attempts, t.url, t.closed_at is not null,
                  t.secret
                """)
            .params(now(), most * attempt.toSeconds(), LONGEST_PAUSE.toSeconds())
            .params(PAUSE.toSeconds(), now(), Literal.array(but), most)
            .query((row, number) -> Claimed.of(row))
            .list();
    return claimed.stream()
        .map(c -> new Due(c.alertId, c.targetId, c.attempts, c.url, c.closed, c.secret, body(c)))
        .toList();
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Claimed(
      long alertId, long targetId, int attempts, String url, boolean closed, byte[] secret) {
    static Claimed of(ResultSet row) throws SQLException {
      return new Claimed(
          row.getLong(1),
          row.getLong(2),
          row.getInt(3),
          row.getString(4),
          row.getBoolean(5),
          row.getBytes(6));
    }
  }

  /** Notes that the target took it. */
  void delivered(Due due) {
    jdbc.sql(
            """
            update webhook_delivery set delivered_at = ?, next_at = null, last_error = null
            where (alert_id, target_id) = (?, ?)
            """)
        .params(now(), due.alertId, due.targetId)
        .update();
  }

  /** Notes why it was not taken; it is tried again. */
  void failed(Due due, String why) {
    jdbc.sql("update webhook_delivery set last_error = ? where (alert_id, target_id) = (?, ?)")
        .params(why, due.alertId, due.targetId)
        .update();
  }

  /** Notes why it was not taken; nobody tries again. */
  void giveUp(Due due, String why) {
    jdbc.sql(
            """
            update webhook_delivery set last_error = ?, next_at = null
            where (alert_id, target_id) = (?, ?)
            """)
        .params(why, due.alertId, due.targetId)
        .update();
  }

  /** The newest alerts first. */
  List<Alert> list(@Nullable Long organization, ListPage page) {
    return jdbc.sql(
            ALERTS
                + """
                where (?::bigint is null or a.organization_id = ?::bigint) and
                """
                + page.following("a.alert_id", true))
        .param(organization)
        .param(organization)
        .query((row, number) -> alert(row))
        .list();
  }

  private String body(Claimed claimed) {
    Alert alert =
        jdbc.sql(ALERTS + "where a.alert_id = ?")
            .param(claimed.alertId)
            .query((row, number) -> alert(row))
            .single();
    return json.writeValueAsString(new Message("budget.threshold", alert.createdAt, alert));
  }

  private static Alert alert(ResultSet row) throws SQLException {
    return new Alert(
        row.getString("alert_id"),
        row.getString("organization_id"),
        row.getString("budget_id"),
        Scope.valueOf(row.getString("scope")),
        row.getString("scope_id"),
        BudgetRows.moment(row, "starts_at"),
        BudgetRows.momentOrNull(row, "ends_at"),
        row.getInt("percent"),
        BudgetRows.pico(row, "spent").toString(),
        BudgetRows.pico(row, "limit_pico").toString(),
        row.getString("currency"),
        BudgetRows.moment(row, "created_at"));
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
