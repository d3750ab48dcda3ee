package io.r1platform.billing.budgets;

import io.r1platform.billing.errors.ServiceException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The CREDIT budget of each organization, made when first needed: nobody is unbounded. */
@Component
class Credit {
  private final JdbcClient jdbc;
  private final Periods periods;
  private final Versions versions;
  private final Alerts alerts;
  private final BudgetSettings settings;
  private final Clock clock;

  Credit(
      JdbcClient jdbc,
      Periods periods,
      Versions versions,
      Alerts alerts,
      BudgetSettings settings,
      Clock clock) {
    this.jdbc = jdbc;
    this.periods = periods;
    this.versions = versions;
    this.alerts = alerts;
    this.settings = settings;
    this.clock = clock;
  }

  /** Whether an organization's credit was made. */
  boolean exists(long organization) {
    return jdbc.sql(
            """
            select 1 from budget
            where scope = 'CREDIT' and scope_id = ? and hard and closed_at is null
            """)
        .param(organization)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  /** Makes an organization's credit, at the default limit, unless it is there. */
  void ensure(long organization) {
    if (exists(organization)) {
      return;
    }
    jdbc.sql(
            """
            insert into budget (organization_id, scope, scope_id, hard, currency, limit_pico, tz,
              reset, alert_percent, created_at)
            values (?, 'CREDIT', ?, true, ?, ?, 'UTC', 'NEVER', '{50,80,100}', ?)
            on conflict do nothing
            """)
        .params(organization, organization, settings.currency())
        .params(new BigDecimal(settings.defaultCreditPico()), now())
        .update();
  }

  /**
   * Moves the limit, in the caller's transaction.
   *
   * @param until when part of it ends; null: never
   * @throws ServiceException {@code invalid_request} if the organization's currency is another
   */
  void change(
      long organization,
      String currency,
      BigInteger delta,
      @Nullable Instant until,
      String reason) {
    ensure(organization);
    Periods.Plan plan = plan(organization, currency);
    periods.lockBudget(plan.budgetId());
    periods.ensure(List.of(new Periods.Needed(plan, clock.instant())));
    List<Long> open = periods.lockOpen(plan.budgetId());
    jdbc.sql("update budget set limit_pico = limit_pico + ? where budget_id = ?")
        .params(new BigDecimal(delta), plan.budgetId())
        .update();
    jdbc.sql("insert into credit_change (budget_id, delta, reason, at) values (?, ?, ?, ?)")
        .params(plan.budgetId(), new BigDecimal(delta), reason, now())
        .update();
    jdbc.sql("update budget_period set limit_until = ? where budget_id = ?")
        .param(until == null ? null : until.atOffset(ZoneOffset.UTC))
        .param(plan.budgetId())
        .update();
    periods.retarget(open);
    alerts.raise(open, clock.instant());
    versions.bump(List.of(organization));
  }

  /** Keeps others from moving the limit until the transaction ends. */
  void lock(long organization) {
    ensure(organization);
    jdbc.sql(
            """
            select budget_id from budget
            where scope = 'CREDIT' and scope_id = ? and closed_at is null for no key update
            """)
        .param(organization)
        .query(row -> {});
  }

  /** The state of an organization's credit now. */
  CreditState state(long organization) {
    ensure(organization);
    return jdbc.sql(
            """
            select b.currency, b.limit_pico, coalesce(p.spent + p.overrun, 0) as spent,
              coalesce(p.leased, 0) as leased, p.limit_until, b.limit_pico - (
                select coalesce(sum(c.delta), 0) from credit_change c
                where c.budget_id = b.budget_id) as opening
            from budget b left join budget_period p using (budget_id)
            where b.scope = 'CREDIT' and b.scope_id = ? and b.closed_at is null
            """)
        .param(organization)
        .query(
            (row, number) ->
                new CreditState(
                    row.getString("currency"),
                    BudgetRows.pico(row, "limit_pico"),
                    BudgetRows.pico(row, "spent"),
                    BudgetRows.pico(row, "leased"),
                    BudgetRows.momentOrNull(row, "limit_until"),
                    BudgetRows.pico(row, "opening")))
        .single();
  }

  private Periods.Plan plan(long organization, String currency) {
    return jdbc.sql(
            """
            select budget_id, reset, tz, created_at from budget
            where scope = 'CREDIT' and scope_id = ? and closed_at is null and currency = ?
            """)
        .params(organization, currency)
        .query((row, number) -> BudgetRows.plan(row))
        .optional()
        .orElseThrow(
            () ->
                ServiceException.invalidRequest(
                    "The account of organization %d is not in %s; nothing converts."
                        .formatted(organization, currency)));
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
