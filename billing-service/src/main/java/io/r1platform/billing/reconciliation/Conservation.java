package io.r1platform.billing.reconciliation;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Asks whether sums that must be equal are; each answer is a list of sentences, empty is right. */
@Component
class Conservation {
  /** Days whose every request is added up each night. */
  private static final int DAYS_IN_FULL = 3;

  /** What one statement adds up, so that it ends in time. */
  private static final int DAYS_AT_ONCE = 5;

  private static final int MOST = 1_000;

  private static final String REQUESTS =
      """
      select 'organization ' || tenant_id || ' on ' || day || ': ' || usage_requests
        || ' requests over ' || usage_amount || ', by hour ' || hourly_requests || ' over '
        || hourly_amount || ' pico ' || currency
      from conservation_in(:from, :to)
      where usage_requests <> hourly_requests or usage_amount <> hourly_amount
      """;

  private static final String SUMS =
      """
      select 'organization ' || tenant_id || ' on ' || day || ': by hour ' || hourly_amount
        || ', accrued ' || accrued || ', revenue ' || revenue || ', by day ' || daily_accrued
        || ' and ' || daily_revenue || ' pico ' || currency
      from %s
      where hourly_amount <> any (array[accrued, revenue, daily_accrued, daily_revenue])
      """;

  private static final List<Law> WHOLE =
      List.of(
          new Law("sums", SUMS.formatted("usage_sums_in('-infinity', 'infinity')")),
          new Law("ledger", "select what from ledger_broken"),
          new Law("credit", "select what from credit_broken"),
          new Law("adjustments", "select what from adjustment_broken"),
          new Law("invoices", "select what from invoice_broken"));

  private static final String TOUCHED = "touched_days(:since) t cross join lateral ";

  private static final List<Law> SINCE =
      List.of(
          new Law("sums", SUMS.formatted(TOUCHED + "usage_sums_in(t.first_day, t.end_day)")),
          new Law(
              "ledger", "select what from " + TOUCHED + "ledger_broken_in(t.first_day, t.end_day)"),
          new Law(
              "credit",
              """
              select what from credit_balance_broken(touched_wallets(:since))
              union all
              select what from credit_grant_broken(touched_grants(:since))
              """),
          new Law(
              "adjustments", "select what from adjustment_broken_of(touched_adjustments(:since))"));

  /** A part of the law; the query gives a sentence for all that breaks it. */
  private record Law(String name, String sql) {}

  private final JdbcClient jdbc;
  private final TransactionTemplate statement;
  private final ReconciliationSettings settings;

  Conservation(
      JdbcClient jdbc, PlatformTransactionManager transactions, ReconciliationSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.statement = new TransactionTemplate(transactions);
    this.statement.setReadOnly(true);
  }

  /** Sums by hour against the ledger's and its sums by day; reads no usage record. */
  List<String> sumsApart(LocalDate from, LocalDate to) {
    var sums = new Law("sums", SUMS.formatted("usage_sums_in(:from, :to)"));
    return ask(sums, Map.of("from", from, "to", to));
  }

  /**
   * The whole law: each day that is still in the database by every request, all days by sums, every
   * journal, grant, budget.
   */
  List<String> broken(LocalDate today) {
    LocalDate first =
        jdbc.sql("select coalesce(min(day), ?) from usage_days()")
            .param(today)
            .query(LocalDate.class)
            .single();
    return broken(first, today, WHOLE, Map.of());
  }

  /**
   * The law of what may have changed since then: the last days by every request, by sums each day
   * of which something was posted, its journals, the grants that were drawn; and every budget.
   */
  List<String> brokenSince(Instant since, LocalDate today) {
    return broken(
        today.minusDays(DAYS_IN_FULL),
        today,
        SINCE,
        Map.of("since", since.atOffset(ZoneOffset.UTC)));
  }

  private List<String> broken(
      LocalDate first, LocalDate today, List<Law> laws, Map<String, ?> bounds) {
    var found = new ArrayList<String>();
    for (LocalDate end = today.plusDays(2); end.isAfter(first); end = end.minusDays(DAYS_AT_ONCE)) {
      LocalDate from = end.minusDays(DAYS_AT_ONCE);
      found.addAll(ask(new Law("requests", REQUESTS), Map.of("from", from, "to", end)));
    }
    laws.forEach(law -> found.addAll(ask(law, bounds)));
    found.addAll(ask(new Law("budgets", "select what from budget_broken"), Map.of()));
    return found;
  }

  /** In a transaction of its own, which ends in time: what was not answered is no clean answer. */
  private List<String> ask(Law law, Map<String, ?> parameters) {
    try {
      return statement.execute(
          status -> {
            jdbc.sql("select set_config('statement_timeout', ?, true)")
                .param(Long.toString(settings.lawTimeout().toMillis()))
                .query(String.class)
                .single();
            return jdbc.sql(
                    "select what from (%s) as law(what) order by 1 limit :most".formatted(law.sql))
                .params(parameters)
                .param("most", MOST)
                .query(String.class)
                .list();
          });
    } catch (DataAccessException e) {
      return List.of("the law of %s was not answered: %s".formatted(law.name, e.getMessage()));
    }
  }
}
