package io.r1platform.api.metering;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Requests whose gateway died between ADMIT and FINAL. Each gets a FINAL that charges nothing, in
 * the sequence of whoever settles it. The row in {@code shipping} is the lock: two survivors never
 * settle the same epoch at once. The lock lives only as long as its connection; whoever comes
 * second then finds the FINAL written and leaves no gap in its stream ({@link
 * JournalTable#append}).
 */
class Orphans {
  private static final Logger log = LoggerFactory.getLogger(Orphans.class);
  private static final long COMMIT_WAIT_SECONDS = 60;

  private final JdbcClient database;
  private final TransactionTemplate transaction;
  private final Clock clock;

  private record Ended(long replicaId, int epoch) {}

  /** An ADMIT without its FINAL, and what its caller called it. */
  private record Orphan(UsageRecord admit, Labels labels) {
    CompletableFuture<Void> settle(JournalWriter writer, long nowMicros) {
      return writer.append(admit.lost(nowMicros), Reservation.NONE, labels);
    }
  }

  Orphans(JdbcClient database, TransactionTemplate transaction, Clock clock) {
    this.database = database;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** Settles this replica's earlier epochs; waits for a peer that is doing so. */
  int settleOwn(long replicaId, JournalWriter writer) {
    return settle(replicaId, "", writer);
  }

  /** Settles every ended epoch that nobody else is settling. */
  int settleAny(JournalWriter writer) {
    return settle(null, "skip locked", writer);
  }

  private int settle(@Nullable Long replicaId, String lock, JournalWriter writer) {
    Integer settled =
        transaction.execute(
            status ->
                database
                    .sql(
                        """
                        select replica_id, epoch from shipping
                        where last_seq is not null and settled_at is null
                          and (:replica::bigint is null or replica_id = :replica)
                        order by replica_id, epoch for update %s
                        """
                            .formatted(lock))
                    .param("replica", replicaId)
                    .query((row, number) -> new Ended(row.getLong(1), row.getInt(2)))
                    .list()
                    .stream()
                    .mapToInt(ended -> settle(ended, writer))
                    .sum());
    return settled == null ? 0 : settled;
  }

  private int settle(Ended ended, JournalWriter writer) {
    List<Orphan> orphans = find(ended);
    long now = Admission.micros(clock.instant());
    CompletableFuture<?>[] finals =
        orphans.stream()
            .map(orphan -> orphan.settle(writer, now).exceptionally(Orphans::unlessSettled))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(finals).orTimeout(COMMIT_WAIT_SECONDS, TimeUnit.SECONDS).join();
    for (Orphan orphan : orphans) {
      log.warn(
          "request {} lost its gateway (replica {} epoch {}): settled, nothing charged",
          orphan.admit.eventId(),
          ended.replicaId,
          ended.epoch);
    }
    database
        .sql(
            """
            update shipping set settled_at = now()
            where replica_id = :replica and epoch = :epoch
            """)
        .param("replica", ended.replicaId)
        .param("epoch", ended.epoch)
        .update();
    return orphans.size();
  }

  /** A peer was faster, for the lock on {@code shipping} died with its connection: settled too. */
  private static @Nullable Void unlessSettled(Throwable failure) {
    if (failure instanceof AlreadyWritten) {
      return null;
    }
    throw new CompletionException(failure);
  }

  /** ADMITs without FINAL; nothing runs for a day, so older days than the last are not read. */
  private List<Orphan> find(Ended ended) {
    return database
        .sql(
            """
            select a.record, a.labels from usage_journal a
            where a.replica_id = :replica and a.epoch = :epoch and a.kind = 'A'
              and a.bucket >= (
                select last.bucket - 1 from usage_journal last
                where last.replica_id = :replica and last.epoch = :epoch and last.kind = 'A'
                order by last.event_id desc limit 1)
              and not exists (
                select from usage_journal f
                where f.bucket = a.bucket and f.event_id = a.event_id and f.kind = 'F')
            order by a.event_id
            """)
        .param("replica", ended.replicaId)
        .param("epoch", ended.epoch)
        .query(
            (row, n) ->
                new Orphan(UsageRecordCodec.decode(row.getBytes(1)), Labels.read(row.getBytes(2))))
        .list();
  }
}
