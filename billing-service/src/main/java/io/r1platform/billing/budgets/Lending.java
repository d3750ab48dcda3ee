package io.r1platform.billing.budgets;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.BillingMetric;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Lends room to gateways: of all scopes that bind, or of none. */
@Component
class Lending {
  /**
   * What a gateway asks for.
   *
   * @param replicas how many gateways live, at least 1
   * @param need what must fit in each scope beyond what the gateway has there, pico
   * @param slice the least worth taking, pico
   */
  record Asked(
      Leases.Holder holder,
      int replicas,
      long organization,
      long project,
      long key,
      Map<Scope, BigInteger> need,
      BigInteger slice) {
    Asked {
      need = Map.copyOf(need);
      if (replicas < 1
          || slice.signum() < 0
          || need.values().stream().anyMatch(amount -> amount.signum() < 0)) {
        throw ServiceException.invalidRequest(
            "replicas must be at least 1, slice and need not negative");
      }
    }

    BigInteger need(Scope scope) {
      return need.getOrDefault(scope, BigInteger.ZERO);
    }

    Map<Scope, Long> scopes() {
      var scopes = new EnumMap<Scope, Long>(Scope.class);
      scopes.put(Scope.CREDIT, organization);
      scopes.put(Scope.ORGANIZATION, organization);
      scopes.put(Scope.PROJECT, project);
      scopes.put(Scope.KEY, key);
      return scopes;
    }
  }

  sealed interface Answer permits Lent, Exhausted {}

  /** Every scope that binds, from the root. */
  record Lent(long version, List<Leases.Lease> leases) implements Answer {}

  /**
   * Nothing was taken.
   *
   * @param by the period that leaves least beside what is needed
   * @param resetsAt when room comes back; null: not by itself
   */
  record Exhausted(long version, Leases.Open by, @Nullable Instant resetsAt) implements Answer {}

  /** What one transaction came to: an answer, or else the periods that count what has ended. */
  private record Attempt(@Nullable Answer answer, List<Leases.Open> ended) {}

  private static final int MOST_ENDINGS = 10;
  private static final BigInteger SHARES = BigInteger.valueOf(3);

  private final Leases leases;
  private final Periods periods;
  private final Credit credit;
  private final Increases increases;
  private final Versions versions;
  private final RollingHours hours;
  private final ApplicationEventPublisher events;
  private final TransactionTemplate transaction;
  private final MeterRegistry meters;
  private final Clock clock;

  Lending(
      Leases leases,
      Periods periods,
      Credit credit,
      Increases increases,
      Versions versions,
      RollingHours hours,
      ApplicationEventPublisher events,
      TransactionTemplate transaction,
      MeterRegistry meters,
      Clock clock) {
    this.leases = leases;
    this.periods = periods;
    this.credit = credit;
    this.increases = increases;
    this.versions = versions;
    this.hours = hours;
    this.events = events;
    this.transaction = transaction;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Lends, in one transaction. A refusal is an answer, not a failure: it asks the others to return
   * what they do not need, and that must last. Where credit or an increase has ended, its limit is
   * lowered first.
   *
   * @throws ServiceException {@code epoch_closed}
   */
  Answer lend(Asked asked) {
    for (int endings = 0; endings <= MOST_ENDINGS; endings++) {
      Attempt attempt = Objects.requireNonNull(transaction.execute(status -> take(asked)));
      Answer answer = attempt.answer;
      if (answer != null) {
        count(answer);
        return answer;
      }
      attempt.ended.forEach(this::end);
    }
    throw new IllegalStateException(
        "a limit of organization %d ends on and on".formatted(asked.organization));
  }

  private void count(Answer answer) {
    if (answer instanceof Exhausted exhausted) {
      meters
          .counter(BillingMetric.DENIALS.meterName(), "scope", exhausted.by.scope().name())
          .increment();
    }
  }

  /** Lowers a limit that counts what has ended, in a transaction that locks the budget first. */
  private void end(Leases.Open period) {
    switch (period.scope()) {
      case CREDIT -> events.publishEvent(new CreditEnded(period.scopeId()));
      case ORGANIZATION, PROJECT, KEY -> increases.end(period.budgetId(), clock.instant());
    }
  }

  /** Takes nothing where a limit counts what has ended. */
  private Attempt take(Asked asked) {
    leases.lockEpoch(asked.holder, true);
    if (leases.closed(asked.holder)) {
      throw ServiceException.leaseEpochClosed();
    }
    long version = versions.of(asked.organization); // before the budgets, so never too new
    credit.ensure(asked.organization);
    List<Periods.Plan> plans = leases.plans(asked.organization, asked.scopes());
    Instant now = clock.instant();
    periods.ensure(plans.stream().map(plan -> new Periods.Needed(plan, now)).toList());
    List<Leases.Open> open = leases.lock(plans, now);
    if (open.size() < plans.size()) {
      throw new IllegalStateException("a budget without a period at " + now); // never unbounded
    }
    List<Leases.Open> ended = open.stream().filter(period -> ended(period, now)).toList();
    if (!ended.isEmpty()) {
      return new Attempt(null, ended);
    }
    Leases.Open tightest = null;
    for (Leases.Open period : open) {
      if (over(asked, period).signum() < 0) {
        leases.recall(period.periodId(), asked.holder);
        if (tightest == null || over(asked, period).compareTo(over(asked, tightest)) < 0) {
          tightest = period;
        }
      }
    }
    if (tightest != null) {
      return new Attempt(new Exhausted(version, tightest, resetsAt(tightest)), List.of());
    }
    List<BigInteger> takes = open.stream().map(period -> take(asked, period)).toList();
    return new Attempt(new Lent(version, leases.grant(asked.holder, open, takes)), List.of());
  }

  private static boolean ended(Leases.Open period, Instant now) {
    Instant until = period.limitUntil();
    return until != null && !now.isBefore(until);
  }

  /** What would be free beside what is needed; below 0 it does not fit. */
  private static BigInteger over(Asked asked, Leases.Open period) {
    return period.free().subtract(asked.need(period.scope()));
  }

  private static BigInteger take(Asked asked, Leases.Open period) {
    BigInteger need = asked.need(period.scope());
    if (need.signum() == 0) {
      return BigInteger.ZERO;
    }
    BigInteger share = period.free().divide(SHARES.multiply(BigInteger.valueOf(asked.replicas)));
    return share.max(need).min(need.max(asked.slice));
  }

  private @Nullable Instant resetsAt(Leases.Open period) {
    return period.rolling() ? hours.leaves(period.periodId()) : period.endsAt();
  }
}
