package io.r1platform.billing.credit;

import io.r1platform.billing.budgets.CreditEnded;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Moves credit limits when grants begin and end; a gateway that asks for room sooner than the job
 * runs gets it only after the limit was moved. The ledger needs no job: breakage is booked with the
 * grant. It looks back over days, since a gateway may ship what was admitted before an expiry long
 * after it, and that draws the grant still.
 */
@Component
class Expiry {
  private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);
  private static final Duration LOOK_BACK = Duration.ofDays(36);

  private final CreditLimits limits;
  private final TransactionTemplate transaction;
  private final Clock clock;

  Expiry(CreditLimits limits, TransactionTemplate transaction, Clock clock) {
    this.limits = limits;
    this.transaction = transaction;
    this.clock = clock;
  }

  @EventListener
  void on(CreditEnded ended) {
    transaction.executeWithoutResult(status -> limits.align(ended.organization(), "credit ended"));
  }

  @Scheduled(fixedDelay = 60_000, initialDelay = 30_000)
  void run() {
    try {
      for (long tenant : limits.due(clock.instant().minus(LOOK_BACK).atOffset(ZoneOffset.UTC))) {
        transaction.executeWithoutResult(
            status -> limits.align(tenant, "credit began, ended or was drawn late"));
      }
    } catch (DataAccessException e) {
      LOG.warn("Credit limits were not all aligned; tried again in a minute", e);
    }
  }
}
