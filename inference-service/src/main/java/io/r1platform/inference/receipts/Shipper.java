package io.r1platform.inference.receipts;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Brings receipts to billing, at least once and in order: first what earlier processes left, then
 * this one's. Runs on a thread of its own.
 */
final class Shipper implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);

  private final ReceiptSettings settings;
  private final ReceiptTable table;
  private final Instances instances;
  private final Billing billing;
  private final UUID instanceId;
  private final Semaphore news = new Semaphore(0);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean stopping;
  private volatile boolean fenced;
  private volatile long shippedSeq;

  Shipper(
      ReceiptSettings settings,
      ReceiptTable table,
      Instances instances,
      Billing billing,
      UUID instanceId) {
    this.settings = settings;
    this.table = table;
    this.instances = instances;
    this.billing = billing;
    this.instanceId = instanceId;
  }

  /** There is more to ship. */
  void wake() {
    if (news.availablePermits() == 0) {
      news.release();
    }
  }

  /** A successor ships now; this thread ends. */
  void fence() {
    fenced = true;
    stop();
  }

  /** Makes the thread end after one more round. */
  void stop() {
    stopping = true;
    news.release();
    stopped.countDown();
  }

  /** Up to which of this process's receipts billing has them. */
  long shippedSeq() {
    return shippedSeq;
  }

  @Override
  public void run() {
    Duration backoff = FIRST_BACKOFF;
    boolean last;
    do {
      last = stopping;
      try {
        if (shipAll()) {
          backoff = FIRST_BACKOFF;
          await(last ? Duration.ZERO : settings.shipInterval());
          gather();
        } else if (!last) {
          await(backoff);
          backoff = min(backoff.multipliedBy(2), settings.shipBackoff());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    } while (!last);
  }

  /** Ships each stream; one that fails does not hold up the others. False if one failed. */
  private boolean shipAll() throws InterruptedException {
    if (fenced) {
      return true;
    }
    boolean whole = true;
    try {
      for (Stream stream : instances.open(settings.instanceName())) {
        whole &= shipped(stream);
      }
    } catch (RuntimeException e) { // the thread's root
      LOG.warn("No receipts can be shipped now", e);
      return false;
    }
    return whole;
  }

  private boolean shipped(Stream stream) throws InterruptedException {
    try {
      ship(stream);
      return true;
    } catch (Billing.Refused | DataAccessException e) {
      LOG.warn("Receipts of {} wait in the table: {}", stream.instanceId(), e.getMessage());
    } catch (RuntimeException e) { // the stream's root
      LOG.error("Receipts of {} wait in the table", stream.instanceId(), e);
    }
    return false;
  }

  private void ship(Stream stream) throws Billing.Refused, InterruptedException {
    long shipped = stream.shippedSeq();
    Long last = stream.lastSeq();
    List<Receipt> receipts = table.after(stream.instanceId(), shipped, last, settings.shipRows());
    while (!receipts.isEmpty()) {
      long next = billing.ship(stream.instanceId(), shipped + 1, receipts).nextSeq();
      if (next != shipped + 1 + receipts.size()) {
        LOG.warn(
            "Billing expects {} of stream {}, not {}",
            next,
            stream.instanceId(),
            shipped + 1 + receipts.size());
      }
      if (next == shipped + 1) {
        throw new Billing.Refused("billing took nothing of stream " + stream.instanceId());
      }
      shipped = next - 1;
      instances.shipped(stream.instanceId(), shipped);
      receipts = table.after(stream.instanceId(), shipped, last, settings.shipRows());
    }
    if (stream.instanceId().equals(instanceId)) {
      shippedSeq = shipped;
    }
    if (last != null && last == shipped) {
      end(stream, shipped);
    }
  }

  private void end(Stream ended, long lastSeq) throws Billing.Refused, InterruptedException {
    Optional<Billing.Progress> missing =
        billing.end(ended.instanceId(), ended.startedAt(), lastSeq);
    if (missing.isEmpty()) {
      instances.reported(ended.instanceId());
    } else {
      instances.shipped(ended.instanceId(), missing.get().nextSeq() - 1);
      throw new Billing.Refused("billing misses receipts of the ended stream " + ended);
    }
  }

  /** Receipts come one by one; a round takes as many statements for one as for many. */
  private void gather() throws InterruptedException {
    var _ = stopped.await(settings.shipEvery().toMillis(), TimeUnit.MILLISECONDS);
    news.drainPermits(); // the next round finds them all
  }

  private void await(Duration pause) {
    try {
      var _ = news.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
