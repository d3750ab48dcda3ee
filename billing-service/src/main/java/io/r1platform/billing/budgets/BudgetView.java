package io.r1platform.billing.budgets;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A budget with its period of now, as operators see it; amounts are decimal strings of pico. */
record BudgetView(
    String budgetId,
    String organization,
    Scope scope,
    String scopeId,
    boolean hard,
    String currency,
    String limit,
    String zone,
    Reset reset,
    @Nullable Integer rollingHours,
    List<Integer> alertPercent,
    Instant createdAt,
    @Nullable Instant closedAt,
    @Nullable Period period) {
  /**
   * The period of now.
   *
   * @param limit what holds now, with temporary increases
   * @param spent charged, what overran included
   * @param left what may still be leased; null: soft
   */
  record Period(
      String periodId,
      Instant startsAt,
      @Nullable Instant endsAt,
      String limit,
      String spent,
      String leased,
      @Nullable String left) {}

  /** The columns that {@link #of} reads; a moment is to be bound. */
  static final String SELECT =
      """
      select b.*, p.period_id, lower(p.period) as starts_at, upper(p.period) as ends_at,
        p.target_pico, p.limit_pico as period_limit, p.spent + p.overrun as spent, p.leased,
        p.limit_pico - p.spent - p.leased as free
      from budget b
        left join budget_period p on p.budget_id = b.budget_id and p.period @> ?::timestamptz
      """;

  static BudgetView of(ResultSet row, int number) throws SQLException {
    return new BudgetView(
        row.getString("budget_id"),
        row.getString("organization_id"),
        Scope.valueOf(row.getString("scope")),
        row.getString("scope_id"),
        row.getBoolean("hard"),
        row.getString("currency"),
        BudgetRows.pico(row, "limit_pico").toString(),
        row.getString("tz"),
        Reset.valueOf(row.getString("reset")),
        row.getObject("rolling_hours", Integer.class),
        List.of((Integer[]) row.getArray("alert_percent").getArray()),
        BudgetRows.moment(row, "created_at"),
        BudgetRows.momentOrNull(row, "closed_at"),
        row.getObject("period_id") == null ? null : period(row));
  }

  private static Period period(ResultSet row) throws SQLException {
    boolean soft = row.getObject("period_limit") == null;
    BigInteger free = soft ? BigInteger.ZERO : BudgetRows.pico(row, "free");
    return new Period(
        row.getString("period_id"),
        BudgetRows.moment(row, "starts_at"),
        BudgetRows.momentOrNull(row, "ends_at"),
        BudgetRows.pico(row, "target_pico").toString(),
        BudgetRows.pico(row, "spent").toString(),
        BudgetRows.pico(row, "leased").toString(),
        soft ? null : free.toString());
  }
}
