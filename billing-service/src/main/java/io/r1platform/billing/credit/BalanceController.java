package io.r1platform.billing.credit;

import io.r1platform.billing.budgets.Budgets;
import io.r1platform.billing.budgets.CreditState;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What an organization has left, for its own eyes; amounts are decimal strings of pico. */
@RestController
final class BalanceController {
  /**
   * The balance.
   *
   * @param limit what may be spent in all: used, and the credit line and credit that are left
   * @param used charged so far
   * @param leased out with gateways
   * @param granted left of promotional grants that hold now
   * @param toppedUp left of paid ones
   * @param nextExpiry when the first of those ends, null if none does
   */
  record Balance(
      Instant asOf,
      String currency,
      String limit,
      String used,
      String leased,
      String granted,
      String toppedUp,
      @Nullable Instant nextExpiry) {}

  private final Grants grants;
  private final Budgets budgets;
  private final TransactionTemplate transaction;
  private final Clock clock;

  BalanceController(Grants grants, Budgets budgets, TransactionTemplate transaction, Clock clock) {
    this.grants = grants;
    this.budgets = budgets;
    this.transaction = transaction;
    this.clock = clock;
  }

  @GetMapping("/internal/v1/organizations/{organization}/balance")
  Balance balance(@PathVariable long organization) {
    return Objects.requireNonNull(transaction.execute(status -> of(organization)));
  }

  private Balance of(long organization) {
    Instant now = clock.instant();
    CreditState credit = budgets.credit(organization);
    List<Grant> open =
        grants.open(organization).stream()
            .filter(grant -> grant.covers(now) && grant.remaining().signum() > 0)
            .toList();
    return new Balance(
        now,
        credit.currency(),
        credit.limit().toString(),
        credit.spent().toString(),
        credit.leased().toString(),
        left(open, Grant.Kind.PROMO),
        left(open, Grant.Kind.PAID),
        open.stream()
            .map(Grant::expiresAt)
            .filter(Objects::nonNull)
            .min(Instant::compareTo)
            .orElse(null));
  }

  private static String left(List<Grant> open, Grant.Kind kind) {
    return open.stream()
        .filter(grant -> grant.kind() == kind)
        .map(Grant::remaining)
        .reduce(BigInteger.ZERO, BigInteger::add)
        .toString();
  }
}
