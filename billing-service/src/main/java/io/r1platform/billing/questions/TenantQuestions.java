package io.r1platform.billing.questions;

import io.r1platform.billing.errors.ServiceException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Lets a few questions of tenants run at once, each for a few seconds, so that most connections are
 * always left to leases and usage.
 */
@Component
public class TenantQuestions {
  private static final int AT_ONCE = 4;
  private static final int WAIT_SECONDS = 1;

  /** Below the gateway's patience, after which nobody would hear the answer. */
  private static final int LONGEST_SECONDS = 4;

  private final TransactionTemplate snapshot;
  private final Semaphore places = new Semaphore(AT_ONCE);

  TenantQuestions(PlatformTransactionManager transactions) {
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setReadOnly(true);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setTimeout(LONGEST_SECONDS);
  }

  /**
   * Answers in one snapshot.
   *
   * @throws ServiceException 503 where no place comes free
   */
  public <T> T answer(Supplier<T> question) {
    try {
      if (!places.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw ServiceException.tooManyQuestions();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ServiceException.tooManyQuestions();
    }
    try {
      return snapshot.execute(status -> question.get());
    } finally {
      places.release();
    }
  }
}
