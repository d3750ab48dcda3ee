package io.r1platform.billing.observability;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells the log and the metrics of what has happened only once it has: a transaction that is rolled
 * back, as a dry run's is, leaves no word.
 */
public final class AfterCommit {
  private AfterCommit() {}

  /** Says it when the transaction that is under way is committed, at once where there is none. */
  public static void say(Runnable what) {
    if (!TransactionSynchronizationManager.isActualTransactionActive()) {
      what.run();
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            what.run();
          }
        });
  }
}
