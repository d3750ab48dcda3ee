package io.r1platform.billing.budgets;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What must hold of every period at any time. */
final class BudgetLaw {
  private BudgetLaw() {}

  /** Periods whose leased is not what their leases hold, or that spent more than their limit. */
  static List<Map<String, @Nullable Object>> broken(JdbcClient sql) {
    return sql.sql(
            """
            select p.period_id, p.limit_pico, p.spent, p.leased, l.held, l.spent as by_leases
            from budget_period p, lateral (
              select coalesce(sum(granted - spent - returned), 0) as held,
                coalesce(sum(spent), 0) as spent
              from lease where period_id = p.period_id) l
            where p.leased <> l.held or p.spent + p.leased > p.limit_pico
            """)
        .query()
        .listOfRows();
  }
}
