package io.r1platform.billing.credit;

import io.r1platform.billing.budgets.CreditEnded;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Moves credit limits when grants begin and end, and each day all that are not what they should be;
 * a gateway that asks for room sooner than the job runs gets it only after the limit was moved. The
 * ledger needs no job: breakage is booked with the grant. It looks back over days, since a gateway
 * may ship what was admitted before an expiry long after it, and that draws the grant still.
 */
@Component
class Expiry {
  private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);
  private static final Duration LOOK_BACK = Duration.ofDays(36);

  private final CreditLimits limits;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private @Nullable LocalDate lookedAtAll;

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
  synchronized void run() {
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    try {
      for (long tenant : limits.due(now.minus(LOOK_BACK))) {
        transaction.executeWithoutResult(
            status -> limits.align(tenant, "credit began, ended or was drawn late"));
      }
      if (!now.toLocalDate().equals(lookedAtAll)) {
        lookAtAll();
        lookedAtAll = now.toLocalDate();
      }
    } catch (DataAccessException e) {
      LOG.warn("Credit limits were not all aligned; tried again in a minute", e);
    }
  }

  /** Also after a start: an earlier release let limits follow less. */
  private void lookAtAll() {
    for (long tenant : limits.strayed()) {
      LOG.info("The credit limit of organization {} is set to what the ledger says", tenant);
      transaction.executeWithoutResult(status -> limits.align(tenant, "what the ledger says"));
    }
  }
}
