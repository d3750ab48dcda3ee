package io.r1platform.billing.budgets;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.AfterCommit;
import io.r1platform.billing.observability.BillingMetric;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Turns what is leased into what is spent. Usage is a fact: a charge whose lease is missing or too
 * small counts all the same, up to the limit as spent, beyond it as overrun, and raises an alarm.
 */
@Component
class Settlement {
  private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

  /** What the charges of a batch have in common; the hour's quarter stands for the admission. */
  record Key(
      long organization, Scope scope, long scopeId, long lease, Instant at, String currency) {}

  /** A sum and where it goes: through a lease, or straight to a period. */
  record Part(Key key, BigInteger amount, SettledPeriods.Place place) {}

  private enum Cause {
    /** The lease does not exist, or is not of this scope. */
    MISSING,
    /** More than the lease had left. */
    OVERRUN,
    /** The hold took no lease, though a hard budget binds: it was made in between. */
    NONE
  }

  private final SettledPeriods table;
  private final Periods periods;
  private final RollingHours hours;
  private final Alerts alerts;
  private final MeterRegistry meters;
  private final Clock clock;

  Settlement(
      SettledPeriods table,
      Periods periods,
      RollingHours hours,
      Alerts alerts,
      MeterRegistry meters,
      Clock clock) {
    this.table = table;
    this.periods = periods;
    this.hours = hours;
    this.alerts = alerts;
    this.meters = meters;
    this.clock = clock;
  }

  void settle(Collection<Charge> charges) {
    Map<Key, BigInteger> sums = sums(charges);
    if (sums.isEmpty()) {
      return;
    }
    List<Part> parts = place(sums);
    if (parts.isEmpty()) {
      return;
    }
    Set<Long> touched = new HashSet<>();
    parts.forEach(part -> touched.add(part.place.periodId()));
    periods.lock(touched);
    Map<Long, BigInteger> left = new HashMap<>(table.lockLeases(leaseIds(parts)));
    var byLease = new TreeMap<Long, BigInteger>();
    var settled = new TreeMap<Long, BigInteger>();
    var amounts = new TreeMap<Long, BigInteger>();
    var rolling = new HashMap<RollingHours.Hour, BigInteger>();
    for (Part part : parts) {
      long periodId = part.place.periodId();
      amounts.merge(periodId, part.amount, BigInteger::add);
      BigInteger covered = BigInteger.ZERO;
      Long lease = part.place.leaseId();
      if (lease != null) {
        covered = left.getOrDefault(lease, BigInteger.ZERO).min(part.amount);
        left.merge(lease, covered.negate(), BigInteger::add);
        byLease.merge(lease, covered, BigInteger::add);
        settled.merge(periodId, covered, BigInteger::add);
      }
      report(part, covered);
      if (part.place.rolling()) {
        var hour = new RollingHours.Hour(periodId, part.key.at.truncatedTo(ChronoUnit.HOURS));
        rolling.merge(hour, part.amount, BigInteger::add);
      }
    }
    table.spendLeases(byLease);
    table.spend(amounts, settled);
    hours.add(rolling);
    alerts.raise(amounts.keySet(), clock.instant());
  }

  private static Map<Key, BigInteger> sums(Collection<Charge> charges) {
    var sums = new HashMap<Key, BigInteger>();
    for (Charge charge : charges) {
      if (charge.amountPico() > 0) {
        BigInteger amount = BigInteger.valueOf(charge.amountPico());
        Instant at = Reset.step(charge.admittedAt());
        for (Scope scope : Scope.values()) {
          long lease = charge.leases().of(scope);
          var key =
              new Key(
                  charge.organization(),
                  scope,
                  charge.scopeId(scope),
                  lease,
                  at,
                  charge.currency());
          sums.merge(key, amount, BigInteger::add);
        }
      }
    }
    return sums;
  }

  /** Finds where each sum goes; periods that are missing are made. */
  private List<Part> place(Map<Key, BigInteger> sums) {
    List<Key> keys = List.copyOf(sums.keySet());
    List<SettledPeriods.Place> places = table.places(keys);
    List<Periods.Needed> missing = new ArrayList<>();
    for (SettledPeriods.Place place : places) {
      Periods.Plan plan = place.missing();
      if (plan != null) {
        missing.add(new Periods.Needed(plan, keys.get(place.index()).at));
      }
    }
    if (periods.ensure(missing) > 0) {
      places = table.places(keys);
    }
    List<Part> parts = new ArrayList<>();
    for (SettledPeriods.Place place : places) {
      if (place.missing() == null) {
        Key key = keys.get(place.index());
        parts.add(new Part(key, amount(sums, key), place));
      }
    }
    return parts;
  }

  private static BigInteger amount(Map<Key, BigInteger> sums, Key key) {
    return sums.getOrDefault(key, BigInteger.ZERO);
  }

  private static List<Long> leaseIds(List<Part> parts) {
    List<Long> ids = new ArrayList<>();
    for (Part part : parts) {
      Long lease = part.place.leaseId();
      if (lease != null) {
        ids.add(lease);
      }
    }
    return ids;
  }

  private void report(Part part, BigInteger covered) {
    Cause cause = cause(part, covered);
    if (cause != null) {
      AfterCommit.say(() -> tell(part, covered, cause));
    }
  }

  private void tell(Part part, BigInteger covered, Cause cause) {
    meters.counter(BillingMetric.UNLEASED.meterName(), "cause", cause.name()).increment();
    if (cause != Cause.NONE) {
      LOG.error(
          "Charged without room: {} of lease {} for {} {}, {} pico, of which {} were leased",
          cause,
          part.key.lease,
          part.key.scope,
          part.key.scopeId,
          part.amount,
          covered);
    }
  }

  private static @Nullable Cause cause(Part part, BigInteger covered) {
    if (part.place.leaseId() != null) {
      return covered.equals(part.amount) ? null : Cause.OVERRUN;
    }
    if (!part.place.hard()) {
      return null;
    }
    return part.key.lease == 0 ? Cause.NONE : Cause.MISSING;
  }
}
