package io.r1platform.api.metering;

import io.r1platform.api.errors.ServiceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a (replica, epoch): takes what waits, commits it in one statement, then
 * releases the waiters. When it cannot know whether a commit happened it sends the same rows again.
 * When its epoch is over it stops for good and fails everything that waits.
 *
 * <p>The queue is bounded by the caller: {@link Journal} counts open requests.
 */
final class JournalWriter implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final DataSource database;
  private final MeteringSettings settings;
  private final int epoch;
  private final Runnable onCommit;
  private final Runnable onFenced;
  private final BlockingQueue<JournalEntry> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private @Nullable Connection connection;
  private long nextSeq = 1;
  private long lastCommitNanos;
  private boolean mayBeWritten;
  private volatile long lastDurableSeq;
  private volatile long failingSinceNanos;
  private volatile boolean failing;
  private volatile boolean fenced;
  private volatile boolean stopping;
  private volatile boolean abandoned;

  JournalWriter(
      DataSource database,
      MeteringSettings settings,
      int epoch,
      Runnable onCommit,
      Runnable onFenced) {
    this.database = database;
    this.settings = settings;
    this.epoch = epoch;
    this.onCommit = onCommit;
    this.onFenced = onFenced;
    this.thread = Thread.ofPlatform().name("journal-writer").daemon().unstarted(this);
  }

  void start() {
    lastCommitNanos = System.nanoTime();
    thread.start();
  }

  /**
   * Queues a record. The future fails only if the epoch is over or the service stops; it says that
   * the charge is pending where the record may be on disk all the same.
   */
  CompletableFuture<Void> append(UsageRecord record) {
    return append(record, Reservation.NONE, Labels.NONE);
  }

  /** Queues a record with what is held for it and what its caller calls it. */
  CompletableFuture<Void> append(UsageRecord record, Reservation reservation, Labels labels) {
    JournalEntry entry = JournalEntry.of(record, reservation, labels);
    queue.add(entry);
    if (fenced || abandoned) {
      failQueued();
    }
    return entry.durable();
  }

  int epoch() {
    return epoch;
  }

  /** Sequence number of the last FINAL on disk, 0 before the first. */
  long lastDurableSeq() {
    return lastDurableSeq;
  }

  boolean isFenced() {
    return fenced;
  }

  /** Whether the present commit has hung or failed for too long to admit more. */
  boolean isStalled() {
    return failing && System.nanoTime() - failingSinceNanos > settings.stalledAfter().toNanos();
  }

  /** Writes what is queued, at most for the given time, then ends. */
  void stop(long timeoutMillis) {
    stopping = true;
    try {
      thread.join(timeoutMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    abandon();
  }

  /** Writes nothing more. An idle thread ends and gives its connection back at once. */
  void abandon() {
    abandoned = true;
    thread.interrupt();
    failQueued();
  }

  /** Ends this writer's epoch from outside, for instance when the heartbeat finds it over. */
  void fence() {
    fenced = true;
    failQueued();
    onFenced.run();
  }

  @Override
  public void run() {
    try {
      while (!fenced && !abandoned) {
        List<JournalEntry> batch = nextBatch();
        if (!batch.isEmpty()) {
          write(batch);
        } else if (stopping) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Error e) { // nobody would write what is queued: better another process
      log.error("the journal's thread ends", e);
    } finally {
      disconnect();
      if (!stopping && !abandoned && !fenced) {
        fence();
      }
    }
  }

  private void write(List<JournalEntry> batch) {
    try {
      commit(batch);
    } catch (RuntimeException e) { // the thread's root: what was told of a commit failed, not it
      log.error("the journal writes on after a failure", e);
    } catch (Error e) {
      batch.forEach(entry -> entry.durable().completeExceptionally(unknown()));
      throw e;
    }
  }

  private List<JournalEntry> nextBatch() throws InterruptedException {
    List<JournalEntry> batch = new ArrayList<>();
    JournalEntry first = queue.poll(100, TimeUnit.MILLISECONDS);
    if (first == null) {
      return batch;
    }
    batch.add(first);
    queue.drainTo(batch, settings.flushRows() - 1);
    long wait = lastCommitNanos + settings.flushEvery().toNanos() - System.nanoTime();
    if (wait > 0 && batch.size() < settings.flushRows()) {
      LockSupport.parkNanos(wait);
      queue.drainTo(batch, settings.flushRows() - batch.size());
    }
    return batch;
  }

  private void commit(List<JournalEntry> batch) {
    List<JournalEntry> left = batch;
    while (!left.isEmpty()) {
      left = append(left);
    }
  }

  /** Writes as much as can be; returns what must be numbered again. */
  private List<JournalEntry> append(List<JournalEntry> batch) {
    long seq = nextSeq;
    List<JournalTable.Row> rows = new ArrayList<>(batch.size());
    for (JournalEntry entry : batch) {
      Long shipSeq = entry.isFinal() ? Long.valueOf(seq++) : null;
      rows.add(new JournalTable.Row(entry.record(), entry.reservation(), entry.labels(), shipSeq));
    }
    return switch (appendUntilKnown(rows)) {
      case null -> {
        batch.forEach(entry -> entry.durable().completeExceptionally(unknown()));
        yield List.of();
      }
      case Appended.Over() -> {
        log.error("replica {} epoch {} is over: a peer took it", settings.replicaId(), epoch);
        fenced = true;
        batch.forEach(entry -> entry.durable().completeExceptionally(unknown()));
        fence();
        yield List.of();
      }
      case Appended.Taken(Set<Integer> taken) -> without(taken, batch);
      case Appended.Refused(SQLException why) -> {
        isolate(batch, why);
        yield List.of();
      }
      case Appended.Written() -> {
        nextSeq = seq;
        lastDurableSeq = seq - 1;
        lastCommitNanos = System.nanoTime();
        batch.forEach(entry -> entry.durable().complete(null));
        onCommit.run();
        yield List.of();
      }
    };
  }

  private static List<JournalEntry> without(Set<Integer> taken, List<JournalEntry> batch) {
    List<JournalEntry> left = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      JournalEntry entry = batch.get(i);
      if (taken.contains(i)) {
        var why = new AlreadyWritten(entry.record());
        log.warn("not written again: {}", why.getMessage());
        entry.durable().completeExceptionally(why);
      } else {
        left.add(entry);
      }
    }
    return left;
  }

  /** Keeps one record that is refused for good from holding up all others. */
  private void isolate(List<JournalEntry> batch, SQLException why) {
    if (batch.size() > 1) {
      batch.forEach(entry -> commit(List.of(entry)));
      return;
    }
    JournalEntry refused = batch.getFirst();
    log.error(
        "the journal refuses {}: {}",
        HexFormat.of().formatHex(UsageRecordCodec.encode(refused.record())),
        why.getMessage());
    refused.durable().completeExceptionally(over());
  }

  /** Null if the writer was told to give up before the outcome was known. */
  private @Nullable Appended appendUntilKnown(List<JournalTable.Row> rows) {
    long pause = FIRST_PAUSE_NANOS;
    failingSinceNanos = System.nanoTime();
    failing = true;
    mayBeWritten = false;
    boolean refused = false;
    while (!abandoned) {
      try {
        Appended outcome = JournalTable.append(connected(), settings.replicaId(), epoch, rows);
        failing = false;
        return outcome;
      } catch (SQLException e) {
        if (refused && isRefusal(e)) {
          failing = false;
          return new Appended.Refused(e);
        }
        mayBeWritten = true;
        log.warn("the journal could not be written, will be repeated: {}", e.getMessage());
        refused = recover(e, rows) && isRefusal(e);
        LockSupport.parkNanos(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      } catch (RuntimeException e) { // the thread's root: as unknown an outcome as a lost answer
        mayBeWritten = true;
        log.error("the journal could not be written, will be repeated", e);
        disconnect();
        LockSupport.parkNanos(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      }
    }
    return null;
  }

  /** Bad data or a broken constraint; once it may be a missing partition. */
  private static boolean isRefusal(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("22") || (state.startsWith("23") && !state.equals("23505"));
  }

  /** False if partitions may still be missing: then the same failure says nothing of the rows. */
  private boolean recover(SQLException failure, List<JournalTable.Row> rows) {
    if ("23514".equals(failure.getSQLState())) {
      try {
        for (JournalTable.Row row : rows) {
          Partitions.ensure(connected(), row.record().bucket());
        }
        return true;
      } catch (SQLException e) {
        log.warn("partitions could not be made: {}", e.getMessage());
        disconnect();
        return false;
      }
    }
    disconnect();
    return true;
  }

  private Connection connected() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = connect();
      connection = open;
    }
    return open;
  }

  /**
   * A connection that cannot be prepared goes back: each one kept would be one less to write by.
   */
  private Connection connect() throws SQLException {
    Connection open = database.getConnection();
    try {
      open.setAutoCommit(true);
      commitDurably(open);
      return open;
    } catch (SQLException | RuntimeException e) {
      close(open);
      throw e;
    }
  }

  /** An acknowledged commit must survive the server's death, whatever the server's default is. */
  private static void commitDurably(Connection open) throws SQLException {
    try (Statement statement = open.createStatement()) {
      statement.execute(
          """
          select set_config('synchronous_commit', 'on', false)
          where current_setting('synchronous_commit') in ('off', 'local')
          """);
    }
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      close(open);
    }
  }

  private static void close(Connection open) {
    try {
      open.close();
    } catch (SQLException e) {
      log.debug("closing a broken connection", e);
    }
  }

  private void failQueued() {
    JournalEntry entry;
    while ((entry = queue.poll()) != null) {
      entry.durable().completeExceptionally(over());
    }
  }

  /** Why a batch failed: nothing was written, or an earlier try may have been, answer lost. */
  private ServiceException unknown() {
    return mayBeWritten ? over().charged("pending") : over();
  }

  private static ServiceException over() {
    return ServiceException.meteringUnavailable();
  }
}
