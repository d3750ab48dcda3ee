package io.r1platform.billing.reports;

import io.r1platform.billing.errors.ServiceException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What the ledger says was earned, month by month; it reads nothing but the ledger. */
@RestController
class RevenueController {
  private static final int MOST_MONTHS = 60;

  /**
   * A UTC month of one currency, all organizations or one; pico as strings. The last six are at its
   * end.
   *
   * @param recognizedPico what was earned by usage, tiers and commitments, less credit notes
   * @param breakagePico paid credit that expired unused; of a month to come: that will
   * @param promoExpensePico what gifts cost, less what of them expired
   * @param roundingPico what rounding cost
   * @param accruedPico earned and on no invoice
   * @param receivablePico invoiced and not paid; below 0: paid ahead
   * @param deferredPico paid ahead and not earned
   * @param promisedPico given and not used
   * @param taxPayablePico tax owed
   */
  record Month(
      String month,
      String currency,
      String recognizedPico,
      String breakagePico,
      String promoExpensePico,
      String roundingPico,
      String accruedPico,
      String receivablePico,
      String deferredPico,
      String promisedPico,
      String taxPayablePico) {}

  record Months(List<Month> months) {}

  private final JdbcClient jdbc;

  RevenueController(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** {@code from} as 2026-11, {@code until} the first month after the last; 60 at most. */
  @GetMapping("/internal/v1/reports/revenue")
  Months revenue(
      @RequestParam String from,
      @RequestParam String until,
      @RequestParam(name = "organization_id", required = false) @Nullable Long organizationId) {
    LocalDate first = month("from", from).atDay(1);
    LocalDate end = month("until", until).atDay(1);
    if (!first.isBefore(end) || first.plusMonths(MOST_MONTHS).isBefore(end)) {
      throw ServiceException.invalidRequest("From one to 60 months are told at once.");
    }
    return new Months(
        jdbc.sql(
                """
                select to_char(asked.month, 'YYYY-MM') as month, a.currency,
                  sum(r.recognized) filter (where r.month = asked.month) as recognized,
                  sum(r.breakage) filter (where r.month = asked.month) as breakage,
                  sum(r.promo_expense) filter (where r.month = asked.month) as promo_expense,
                  sum(r.rounding) filter (where r.month = asked.month) as rounding,
                  sum(r.accrued) as accrued, sum(r.receivable) as receivable,
                  sum(r.deferred) as deferred, sum(r.promised) as promised,
                  sum(r.tax_payable) as tax_payable
                from generate_series(cast(:first as timestamp), cast(:end as timestamp)
                    - interval '1 month', interval '1 month') as asked(month)
                  cross join (select distinct tenant_id, currency from balance_day
                    where cast(:tenant as bigint) is null or tenant_id = :tenant) a
                  cross join lateral (
                    select * from revenue_month m
                    where m.tenant_id = a.tenant_id and m.currency = a.currency
                      and m.month <= asked.month
                    order by m.month desc limit 1) r
                group by asked.month, a.currency order by asked.month, a.currency
                """)
            .param("first", first.atStartOfDay())
            .param("end", end.atStartOfDay())
            .param("tenant", organizationId)
            .query(
                (row, n) ->
                    new Month(
                        row.getString("month"),
                        row.getString("currency"),
                        text(row.getString("recognized")),
                        text(row.getString("breakage")),
                        text(row.getString("promo_expense")),
                        text(row.getString("rounding")),
                        text(row.getString("accrued")),
                        text(row.getString("receivable")),
                        text(row.getString("deferred")),
                        text(row.getString("promised")),
                        text(row.getString("tax_payable"))))
            .list());
  }

  private static String text(@Nullable String sum) {
    return sum == null ? "0" : sum;
  }

  private static YearMonth month(String name, String value) {
    try {
      return YearMonth.parse(value);
    } catch (DateTimeException e) {
      throw ServiceException.invalidRequest("'%s' is a month, as in 2026-12.".formatted(name));
    }
  }
}
