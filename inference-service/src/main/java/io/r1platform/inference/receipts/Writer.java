package io.r1platform.inference.receipts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * Group commit: one thread takes what has come and commits it at once; what comes meanwhile shares
 * the next commit. Numbers are given here, without gaps. While the database is away the same rows
 * are tried again. Any other end of the thread than by {@link #stop} ends the process.
 */
final class Writer implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
  private static final int QUEUE_ROWS = 16_384;
  private static final Duration IDLE = Duration.ofMillis(100);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(1);

  private final ReceiptTable table;
  private final UUID instanceId;
  private final int commitRows;
  private final Runnable afterCommit;
  private final Runnable afterFence;
  private final Consumer<Throwable> afterDeath;
  private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE_ROWS);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean failing;
  private volatile boolean fenced;
  private volatile boolean dead;
  private final AtomicLong nextSeq = new AtomicLong(1);

  private record Entry(Receipt receipt, CompletableFuture<Void> durable) {}

  Writer(
      ReceiptTable table,
      UUID instanceId,
      int commitRows,
      Runnable afterCommit,
      Runnable afterFence,
      Consumer<Throwable> afterDeath) {
    this.table = table;
    this.instanceId = instanceId;
    this.commitRows = commitRows;
    this.afterCommit = afterCommit;
    this.afterFence = afterFence;
    this.afterDeath = afterDeath;
  }

  /** Completes when the receipt is durable, exceptionally if it never will be. */
  CompletableFuture<Void> add(Receipt receipt) {
    var entry = new Entry(receipt, new CompletableFuture<>());
    if (fenced || !queue.offer(entry)) {
      entry.durable.completeExceptionally(
          new IllegalStateException(fenced ? "a successor writes now" : "too many receipts wait"));
    }
    if (dead) { // also if it came to be while this one was queued
      entry.durable.completeExceptionally(noWriter());
    }
    return entry.durable;
  }

  /** Whether receipts can be expected to become durable soon. */
  boolean healthy() {
    return !failing && !fenced && !dead;
  }

  /** Whether a process of the same name has taken over. */
  boolean fenced() {
    return fenced;
  }

  /** Number of the last durable receipt. */
  long lastSeq() {
    return nextSeq.get() - 1;
  }

  /** Makes the thread end when its queue is empty, or at once if the database is away. */
  void stop() {
    stopped.countDown();
  }

  @Override
  public void run() {
    var batch = new ArrayList<Entry>(commitRows);
    try {
      writeAll(batch);
    } catch (Throwable e) { // the thread's root: nobody must wait for a receipt that cannot come
      die(batch, e);
    }
  }

  private void writeAll(List<Entry> batch) throws InterruptedException {
    while (true) {
      Entry first = queue.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) {
        batch.add(first);
        queue.drainTo(batch, commitRows - 1);
        write(batch);
        batch.clear();
      } else if (stopped.getCount() == 0) {
        return;
      }
    }
  }

  private void die(List<Entry> batch, Throwable cause) {
    dead = true;
    try {
      LOG.error("Receipts are written no more", cause);
      queue.drainTo(batch);
      fail(batch.stream().filter(entry -> !entry.durable.isDone()).toList(), noWriter());
    } finally {
      afterDeath.accept(cause);
    }
  }

  private static IllegalStateException noWriter() {
    return new IllegalStateException("receipts are written no more");
  }

  private void write(List<Entry> batch) throws InterruptedException {
    Duration backoff = FIRST_BACKOFF;
    List<Entry> open = List.copyOf(batch);
    boolean daysMade = false;
    while (!open.isEmpty()) {
      try {
        try {
          open = commit(open);
          failing = false;
        } catch (DataIntegrityViolationException e) {
          if (daysMade) {
            open = isolate(open, e);
          } else { // a machine that slept through the hourly job has no partition for today
            table.makePartitions(); // nothing is given up before there are some
            daysMade = true;
          }
        }
      } catch (RuntimeException e) { // the thread's root: nothing is admitted until it works again
        if (!failing) {
          LOG.error("Receipts cannot be written; trying again", e);
        }
        failing = true;
        if (stopped.await(backoff.toMillis(), TimeUnit.MILLISECONDS)) {
          fail(open, e);
          return;
        }
        backoff = backoff.multipliedBy(2);
        backoff = backoff.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : backoff;
      }
    }
  }

  /** Commits once; returns what is still to be written. */
  private List<Entry> commit(List<Entry> entries) {
    List<Receipt> receipts = entries.stream().map(Entry::receipt).toList();
    return switch (table.append(instanceId, nextSeq.get(), receipts)) {
      case Appended.Written _ -> {
        nextSeq.addAndGet(entries.size());
        afterCommit.run();
        entries.forEach(entry -> entry.durable.complete(null));
        yield List.of();
      }
      case Appended.Fenced _ -> {
        fenced = true;
        afterFence.run();
        LOG.error("A process of the same name has taken over; this one writes nothing more");
        fail(entries, new IllegalStateException("a successor writes now"));
        yield List.of();
      }
      case Appended.Taken taken -> withoutTaken(entries, taken.keys());
    };
  }

  private List<Entry> withoutTaken(List<Entry> entries, Set<Appended.Key> taken) {
    var left = new ArrayList<Entry>();
    for (Entry entry : entries) {
      if (taken.contains(Appended.Key.of(entry.receipt))) {
        fail(List.of(entry), new IllegalStateException("this attempt has a receipt already"));
      } else {
        left.add(entry);
      }
    }
    return left;
  }

  /** The table refuses a row for good: the first is tried alone, and given up if it is the one. */
  private List<Entry> isolate(List<Entry> entries, DataIntegrityViolationException cause)
      throws InterruptedException {
    if (entries.size() == 1) {
      fail(entries, cause);
      return List.of();
    }
    write(entries.subList(0, 1));
    return entries.subList(1, entries.size());
  }

  private static void fail(List<Entry> entries, Exception cause) {
    for (Entry entry : entries) {
      LOG.error("Not durable: {}", entry.receipt, cause);
      entry.durable.completeExceptionally(cause);
    }
  }
}
