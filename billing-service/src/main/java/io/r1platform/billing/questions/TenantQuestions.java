package io.r1platform.billing.questions;

import io.r1platform.billing.errors.ServiceException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Lets a few questions of tenants run at once, each for a few seconds, so that most connections are
 * always left to leases and usage. One organization has half of the places at most, so that none
 * shuts the others out, however often it asks.
 */
@Component
public class TenantQuestions {
  private static final int AT_ONCE = 4;
  private static final int AT_ONCE_OF_ONE = AT_ONCE / 2;

  /** For a place of one's own, and then for one of all. */
  private static final int WAIT_MILLIS = 500;

  /** With both waits not above the gateway's patience, after which nobody would hear the answer. */
  private static final int LONGEST_SECONDS = 4;

  private final TransactionTemplate snapshot;
  private final Semaphore places = new Semaphore(AT_ONCE, true);

  /** Of those organizations alone that ask now. */
  private final Map<Long, Share> shares = new ConcurrentHashMap<>();

  /** An organization's places; {@code asking} changes only in the map's own steps. */
  private static final class Share {
    private final Semaphore places = new Semaphore(AT_ONCE_OF_ONE, true);
    private int asking;
  }

  TenantQuestions(PlatformTransactionManager transactions) {
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setReadOnly(true);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setTimeout(LONGEST_SECONDS);
  }

  /**
   * Answers an organization in one snapshot.
   *
   * @throws ServiceException 429 where in half a second none of the organization's own places comes
   *     free, 503 where then none of all does
   */
  public <T> T answer(long organization, Supplier<T> question) {
    Share share = begin(organization);
    try {
      acquire(share.places, ServiceException.tooManyQuestionsOfOne(AT_ONCE_OF_ONE));
      try {
        acquire(places, ServiceException.tooManyQuestions());
        try {
          return snapshot.execute(status -> question.get());
        } finally {
          places.release();
        }
      } finally {
        share.places.release();
      }
    } finally {
      end(organization);
    }
  }

  /** How many organizations ask now. */
  int organizations() {
    return shares.size();
  }

  private Share begin(long organization) {
    return shares.compute(
        organization,
        (id, known) -> {
          Share share = known == null ? new Share() : known;
          share.asking++;
          return share;
        });
  }

  private void end(long organization) {
    shares.computeIfPresent(organization, (id, share) -> --share.asking == 0 ? null : share);
  }

  private static void acquire(Semaphore places, ServiceException none) {
    try {
      if (!places.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        throw none;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw none;
    }
  }
}
