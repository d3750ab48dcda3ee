package io.r1platform.billing.budgets;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.errors.ErrorCode;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.BillingMetric;
import java.math.BigInteger;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Where gateways lease and return, as {@code docs/protocols/leases.md} says. */
@RestController
final class LeaseController {
  private static final int MOST = 10_000;

  record Ask(
      long replica,
      int epoch,
      int replicas,
      @Nullable String organization,
      @Nullable String project,
      @Nullable String key,
      @Nullable Map<Scope, String> need,
      @Nullable String slice) {
    Lending.Asked asked() {
      var needs = new EnumMap<Scope, BigInteger>(Scope.class);
      if (need != null) {
        need.forEach((scope, amount) -> needs.put(scope, Wire.pico("need", amount)));
      }
      return new Lending.Asked(
          new Leases.Holder(replica, epoch),
          replicas,
          Wire.id("organization", organization),
          Wire.id("project", project),
          Wire.id("key", key),
          needs,
          Wire.pico("slice", slice));
    }
  }

  /**
   * One lease, as {@code docs/protocols/leases.md} has it.
   *
   * @param endsAt when the period ends; of CREDIT, whose period does not, as {@code lentUntil}
   * @param lentUntil until when it may be taken from unless it is named again
   */
  record Lease(
      Scope scope,
      String scopeId,
      String budgetId,
      String periodId,
      String leaseId,
      String granted,
      Instant startsAt,
      @Nullable Instant endsAt,
      @Nullable Instant lentUntil) {
    static Lease of(Leases.Lease lease) {
      Leases.Open period = lease.period();
      return new Lease(
          period.scope(),
          Long.toString(period.scopeId()),
          Long.toString(period.budgetId()),
          Long.toString(period.periodId()),
          Long.toString(lease.leaseId()),
          lease.granted().toString(),
          period.startsAt(),
          period.scope() == Scope.CREDIT ? period.leasedUntil() : period.endsAt(),
          period.leasedUntil());
    }
  }

  record Lent(String version, List<Lease> leases) {}

  /** The problem of a refusal. */
  record Exhausted(
      String title,
      int status,
      String detail,
      String code,
      Scope scope,
      String scopeId,
      String budgetId,
      String periodId,
      String limit,
      String left,
      String leased,
      @Nullable Instant resetsAt,
      String version) {
    static Exhausted of(Lending.Exhausted refusal) {
      Leases.Open by = refusal.by();
      return new Exhausted(
          "Payment Required",
          ErrorCode.BUDGET_EXHAUSTED.httpStatus(),
          "Nothing was taken: the budget of %s %d has %s pico left."
              .formatted(by.scope(), by.scopeId(), by.free()),
          ErrorCode.BUDGET_EXHAUSTED.wireName(),
          by.scope(),
          Long.toString(by.scopeId()),
          Long.toString(by.budgetId()),
          Long.toString(by.periodId()),
          by.limit().toString(),
          by.free().toString(),
          by.leased().toString(),
          refusal.resetsAt(),
          Long.toString(refusal.version()));
    }
  }

  record Return(@Nullable String leaseId, @Nullable String returned) {}

  record Watch(@Nullable String organization, @Nullable String version) {}

  record Sync(
      long replica, int epoch, @Nullable List<Return> returns, @Nullable List<Watch> watch) {}

  record Changed(String organization, String version) {}

  record Synced(List<Changed> changed, List<String> recalled) {}

  private final Lending lending;
  private final Leases leases;
  private final Returns returns;
  private final Versions versions;
  private final TransactionTemplate transaction;
  private final MeterRegistry meters;

  LeaseController(
      Lending lending,
      Leases leases,
      Returns returns,
      Versions versions,
      TransactionTemplate transaction,
      MeterRegistry meters) {
    this.lending = lending;
    this.leases = leases;
    this.returns = returns;
    this.versions = versions;
    this.transaction = transaction;
    this.meters = meters;
  }

  @PostMapping("/internal/v1/leases")
  ResponseEntity<Object> lend(@RequestBody Ask ask) {
    return switch (lending.lend(ask.asked())) {
      case Lending.Lent lent ->
          ResponseEntity.ok(
              new Lent(
                  Long.toString(lent.version()), lent.leases().stream().map(Lease::of).toList()));
      case Lending.Exhausted refusal -> {
        meters
            .counter(
                BillingMetric.ERRORS.meterName(), "code", ErrorCode.BUDGET_EXHAUSTED.wireName())
            .increment();
        yield ResponseEntity.status(ErrorCode.BUDGET_EXHAUSTED.httpStatus())
            .contentType(MediaType.APPLICATION_PROBLEM_JSON)
            .body(Exhausted.of(refusal));
      }
    };
  }

  @PostMapping("/internal/v1/leases/sync")
  Synced sync(@RequestBody Sync sync) {
    var holder = new Leases.Holder(sync.replica, sync.epoch);
    var returned = new HashMap<Long, BigInteger>();
    for (Return item : limited("returns", sync.returns)) {
      returned.merge(
          Wire.id("lease_id", item.leaseId), Wire.pico("returned", item.returned), BigInteger::max);
    }
    var known = new HashMap<Long, Long>();
    for (Watch item : limited("watch", sync.watch)) {
      known.put(Wire.id("organization", item.organization), Wire.id("version", item.version));
    }
    transaction.executeWithoutResult(status -> returns.raise(holder, returned));
    return new Synced(
        versions.changed(known).stream()
            .map(v -> new Changed(Long.toString(v.organization()), Long.toString(v.version())))
            .toList(),
        leases.recalled(holder).stream().map(id -> Long.toString(id)).toList());
  }

  private static <T> List<T> limited(String name, @Nullable List<T> items) {
    if (items == null) {
      return List.of();
    }
    if (items.size() > MOST) {
      throw ServiceException.invalidRequest("%s has more than %d items".formatted(name, MOST));
    }
    return items;
  }
}
