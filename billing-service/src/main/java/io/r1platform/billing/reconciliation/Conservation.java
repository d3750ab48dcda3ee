package io.r1platform.billing.reconciliation;

import java.time.LocalDate;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Asks whether sums that must be equal are; each answer is a list of sentences, empty is right. */
@Component
class Conservation {
  /** Days whose every request is added up; older ones were, and their sums may not change. */
  private static final int DAYS_IN_FULL = 3;

  private static final int MOST = 1_000;

  private final JdbcClient jdbc;

  Conservation(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Sums by hour against the ledger's and its sums by day; reads no usage record. */
  List<String> sumsApart(LocalDate from, LocalDate to) {
    return jdbc.sql(
            """
            select 'organization ' || tenant_id || ' on ' || day || ': by hour ' || hourly_amount
              || ', accrued ' || accrued || ', revenue ' || revenue || ', by day ' || daily_accrued
              || ' and ' || daily_revenue || ' pico ' || currency
            from usage_sums_in(?, ?)
            where hourly_amount <> any (array[accrued, revenue, daily_accrued, daily_revenue])
            order by 1 limit ?
            """)
        .params(from, to, MOST)
        .query(String.class)
        .list();
  }

  /**
   * The whole law: the last days by every request, all days by sums, every journal, grant, budget.
   */
  List<String> broken(LocalDate today) {
    return jdbc.sql(
            """
            (select 'organization ' || tenant_id || ' on ' || day || ': ' || usage_requests
              || ' requests over ' || usage_amount || ', by hour ' || hourly_requests || ' over '
              || hourly_amount || ' pico ' || currency
            from conservation_in(:from, :to)
            where usage_requests <> hourly_requests or usage_amount <> hourly_amount limit :most)
            union all
            (select 'organization ' || tenant_id || ' on ' || day || ': by hour ' || hourly_amount
              || ', accrued ' || accrued || ', revenue ' || revenue || ', by day ' || daily_accrued
              || ' and ' || daily_revenue || ' pico ' || currency
            from usage_sums_in('-infinity', 'infinity')
            where hourly_amount <> any (array[accrued, revenue, daily_accrued, daily_revenue])
            limit :most)
            union all
            (select what from ledger_broken limit :most)
            union all
            (select what from credit_broken limit :most)
            union all
            (select what from adjustment_broken limit :most)
            union all
            (select what from budget_broken limit :most)
            """)
        .param("from", today.minusDays(DAYS_IN_FULL))
        .param("to", today.plusDays(2))
        .param("most", MOST)
        .query(String.class)
        .list();
  }
}
