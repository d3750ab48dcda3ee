package io.r1platform.billing.budgets;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What operators order of budgets; each order is done once. */
@Component
class BudgetOrders {
  /** The thresholds of a budget that names none. */
  static final List<Integer> THRESHOLDS = List.of(50, 80, 100);

  private static final int MOST_PER_SCOPE = 20;
  private static final int MOST_THRESHOLDS = 10;
  private static final int MOST_PERCENT = 1_000;
  private static final int MOST_HOURS = 8_784;

  /**
   * A budget to make. It counts what is admitted from now on.
   *
   * @param limit pico
   * @param rollingHours only for {@link Reset#ROLLING}
   */
  record NewBudget(
      long organization,
      Scope scope,
      long scopeId,
      boolean hard,
      String currency,
      BigInteger limit,
      String zone,
      Reset reset,
      @Nullable Integer rollingHours,
      List<Integer> alertPercent) {
    NewBudget {
      require(scope != Scope.CREDIT, "credit moves by grants, payments and the credit limit");
      require(
          scope != Scope.ORGANIZATION || scopeId == organization,
          "the scope_id of an organization's budget is the organization");
      require(currency.matches("[A-Z]{3}"), "currency must be three capital letters");
      require(
          (reset == Reset.ROLLING) == (rollingHours != null)
              && (rollingHours == null || (rollingHours >= 1 && rollingHours <= MOST_HOURS)),
          "rolling_hours is 1 to 8784, for ROLLING only");
      alertPercent = thresholds(alertPercent);
      try {
        ZoneId.of(zone);
      } catch (DateTimeException e) {
        throw ServiceException.invalidRequest("zone must be an IANA time zone: " + zone);
      }
    }
  }

  private final JdbcClient jdbc;
  private final Commands commands;
  private final Credit credit;
  private final Periods periods;
  private final Alerts alerts;
  private final Versions versions;
  private final Clock clock;

  BudgetOrders(
      JdbcClient jdbc,
      Commands commands,
      Credit credit,
      Periods periods,
      Alerts alerts,
      Versions versions,
      Clock clock) {
    this.jdbc = jdbc;
    this.commands = commands;
    this.credit = credit;
    this.periods = periods;
    this.alerts = alerts;
    this.versions = versions;
    this.clock = clock;
  }

  /**
   * Makes a budget.
   *
   * @throws ServiceException {@code invalid_request} where the scope has a hard budget already, or
   *     20 budgets
   */
  @Transactional
  public BudgetView create(UUID command, NewBudget budget) {
    return view(commands.once(command, "CREATE", budget, () -> insert(budget)));
  }

  /** Sets the limit, the thresholds, or both; what is null stays. */
  @Transactional
  public BudgetView change(
      UUID command,
      long budgetId,
      @Nullable BigInteger limit,
      @Nullable List<Integer> alertPercent) {
    List<Integer> percents = alertPercent == null ? null : thresholds(alertPercent);
    String body = "%d %s %s".formatted(budgetId, limit, percents);
    return alter(
        command,
        "CHANGE",
        body,
        budgetId,
        id ->
            jdbc.sql(
                    """
                    update budget set limit_pico = coalesce(?::numeric, limit_pico),
                      alert_percent = coalesce(?::int[], alert_percent)
                    where budget_id = ?
                    """)
                .param(limit == null ? null : limit.toString())
                .param(percents == null ? null : Literal.array(percents))
                .param(id)
                .update());
  }

  /** Raises the limit until a moment. */
  @Transactional
  public BudgetView increase(UUID command, long budgetId, BigInteger amount, Instant until) {
    require(amount.signum() > 0, "amount must be above 0");
    return alter(
        command,
        "INCREASE",
        "%d %s %s".formatted(budgetId, amount, until),
        budgetId,
        id -> {
          require(until.isAfter(clock.instant()), "expires_at must be in the future");
          jdbc.sql(
                  """
                  insert into budget_increase (budget_id, amount, expires_at, created_at)
                  values (?, ?, ?, ?)
                  """)
              .params(id, new BigDecimal(amount), until.atOffset(ZoneOffset.UTC), now())
              .update();
        });
  }

  /** Ends a budget: nothing binds any more; what is leased settles and returns. */
  @Transactional
  public BudgetView close(UUID command, long budgetId) {
    return alter(
        command,
        "CLOSE",
        budgetId,
        budgetId,
        id ->
            jdbc.sql("update budget set closed_at = ? where budget_id = ?")
                .params(now(), id)
                .update());
  }

  /** Budgets in the order in which they were made, and one more than the page has. */
  List<BudgetView> list(@Nullable Long organization, boolean closed, ListPage page) {
    return jdbc.sql(
            BudgetView.SELECT
                + """
                where (?::bigint is null or b.organization_id = ?::bigint)
                  and (? or b.closed_at is null) and
                """
                + page.following("b.budget_id", false))
        .param(now())
        .param(organization)
        .param(organization)
        .param(closed)
        .query(BudgetView::of)
        .list();
  }

  /**
   * One budget.
   *
   * @throws ServiceException {@code not_found}
   */
  BudgetView get(long budgetId) {
    return jdbc.sql(BudgetView.SELECT + "where b.budget_id = ?")
        .params(now(), budgetId)
        .query(BudgetView::of)
        .optional()
        .orElseThrow(() -> ServiceException.notFound("Budget " + budgetId));
  }

  private Commands.Subject insert(NewBudget budget) {
    Integer open =
        jdbc.sql(
                """
                select count(*)::int from budget
                where (scope, scope_id) = (?, ?) and closed_at is null
                """)
            .params(budget.scope.name(), budget.scopeId)
            .query(Integer.class)
            .single();
    String currency = credit.state(budget.organization).currency();
    require(budget.currency.equals(currency), "the account is in " + currency);
    require(open < MOST_PER_SCOPE, "the scope has 20 budgets; close one first");
    Long id =
        jdbc.sql(
                """
                insert into budget (organization_id, scope, scope_id, hard, currency, limit_pico,
                  tz, reset, rolling_hours, alert_percent, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::int[], ?)
                on conflict do nothing returning budget_id
                """)
            .params(budget.organization, budget.scope.name(), budget.scopeId, budget.hard)
            .params(budget.currency, new BigDecimal(budget.limit), budget.zone)
            .param(budget.reset.name())
            .param(budget.rollingHours)
            .param(Literal.array(budget.alertPercent))
            .param(now())
            .query(Long.class)
            .optional()
            .orElseThrow(
                () ->
                    ServiceException.invalidRequest(
                        "the scope has a hard budget; change that one, or close it first"));
    var plan = new Periods.Plan(id, budget.reset, ZoneId.of(budget.zone), clock.instant());
    periods.ensure(List.of(new Periods.Needed(plan, clock.instant())));
    versions.bump(List.of(budget.organization));
    return new Commands.Subject(id, null);
  }

  private BudgetView alter(
      UUID command, String kind, Object body, long budgetId, LongConsumer order) {
    return view(
        commands.once(
            command,
            kind,
            body,
            () -> {
              BudgetView budget = get(budgetId);
              require(budget.scope() != Scope.CREDIT, "credit is not changed as a budget is");
              require(budget.closedAt() == null, "the budget is closed");
              periods.lockBudget(budgetId);
              follow(budgetId, order);
              versions.bump(List.of(Long.parseLong(budget.organization())));
              return new Commands.Subject(budgetId, null);
            }));
  }

  /** Alters a locked budget and lets its open periods follow. */
  private void follow(long budgetId, LongConsumer order) {
    Periods.Plan plan =
        jdbc.sql("select budget_id, reset, tz, created_at from budget where budget_id = ?")
            .param(budgetId)
            .query((row, number) -> BudgetRows.plan(row))
            .single();
    periods.ensure(List.of(new Periods.Needed(plan, clock.instant())));
    List<Long> open = periods.lockOpen(budgetId);
    order.accept(budgetId);
    periods.retarget(open);
    alerts.raise(open, clock.instant());
  }

  private BudgetView view(Commands.Subject subject) {
    Long id = subject.budgetId();
    if (id == null) {
      throw new IllegalStateException("a command without a budget");
    }
    return get(id);
  }

  private static List<Integer> thresholds(List<Integer> percents) {
    require(
        percents.size() <= MOST_THRESHOLDS
            && percents.stream().allMatch(p -> p >= 1 && p <= MOST_PERCENT),
        "alert_percent has at most 10 whole numbers of 1 to 1000");
    return percents.stream().distinct().sorted().toList();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw ServiceException.invalidRequest("Nothing was changed: " + otherwise + ".");
    }
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
