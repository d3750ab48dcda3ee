package io.r1platform.billing.usage;

import io.r1platform.billing.budgets.Budgets;
import io.r1platform.billing.errors.ServiceException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * How far each gateway's stream has been taken. One writer at a time per stream: its row's lock.
 */
@Component
class UsageStreams {
  /**
   * Where a stream is.
   *
   * @param nextSeq the first sequence number not yet taken
   * @param lastSeq the last there will ever be; null while the epoch is open
   */
  record Position(long nextSeq, @Nullable Long lastSeq) {}

  private final JdbcClient jdbc;
  private final Budgets budgets;
  private final Clock clock;

  UsageStreams(JdbcClient jdbc, Budgets budgets, Clock clock) {
    this.jdbc = jdbc;
    this.budgets = budgets;
    this.clock = clock;
  }

  /** Locks the stream until the transaction ends; a new stream begins at 1. */
  Position lock(UsageBatch.Stream stream) {
    return lockKnown(stream)
        .orElseGet(
            () -> {
              make(stream);
              return lockKnown(stream).orElseThrow();
            });
  }

  private Optional<Position> lockKnown(UsageBatch.Stream stream) {
    return jdbc.sql(
            """
            select next_seq, last_seq from ingest_hwm
            where (source, replica_id, epoch) = (?, ?, ?) for update
            """)
        .params(stream.source(), stream.replica(), stream.epoch())
        .query(
            (row, number) ->
                new Position(row.getLong("next_seq"), row.getObject("last_seq", Long.class)))
        .optional();
  }

  private void make(UsageBatch.Stream stream) {
    jdbc.sql(
            """
            insert into ingest_hwm (source, replica_id, epoch, next_seq, seen_at)
            values (?, ?, ?, 1, ?) on conflict do nothing
            """)
        .params(stream.source(), stream.replica(), stream.epoch(), now())
        .update();
  }

  /** Moves a locked stream on. */
  void advance(UsageBatch.Stream stream, long nextSeq) {
    jdbc.sql(
            """
            update ingest_hwm set next_seq = ?, seen_at = ?, gap_since = null, gap_seq = null
            where (source, replica_id, epoch) = (?, ?, ?)
            """)
        .params(nextSeq, now(), stream.source(), stream.replica(), stream.epoch())
        .update();
  }

  /**
   * Remembers that a stream goes on at {@code sentSeq} while what comes before is missing; nothing
   * is taken. The first number that was seen beyond the gap stays.
   */
  void noteGap(UsageBatch.Stream stream, long sentSeq) {
    make(stream);
    jdbc.sql(
            """
            update ingest_hwm set gap_since = coalesce(gap_since, ?), gap_seq = least(gap_seq, ?),
              seen_at = ?
            where (source, replica_id, epoch) = (?, ?, ?) and next_seq < ?
            """)
        .params(now(), sentSeq, now(), stream.source(), stream.replica(), stream.epoch(), sentSeq)
        .update();
  }

  /**
   * Ends a stream: nothing after {@code lastSeq} will come, and what its leases have left returns
   * to their budgets. Twice is as once.
   *
   * @throws ServiceException {@code gap} while something up to it is missing; {@code epoch_closed}
   *     if it was closed at another place
   */
  @Transactional
  public void close(UsageBatch.Stream stream, long lastSeq) {
    budgets.lockEpoch(stream.replica(), stream.epoch());
    Position position = lock(stream);
    if (position.lastSeq != null && position.lastSeq != lastSeq) {
      throw ServiceException.epochClosed(position.lastSeq);
    }
    if (position.nextSeq <= lastSeq) {
      throw ServiceException.gap(position.nextSeq, lastSeq + 1);
    }
    if (position.nextSeq > lastSeq + 1) {
      throw ServiceException.invalidRequest(
          "The stream has been taken up to %d already.".formatted(position.nextSeq - 1));
    }
    jdbc.sql(
            """
            update ingest_hwm set closed = true, last_seq = ?, seen_at = ?
            where (source, replica_id, epoch) = (?, ?, ?)
            """)
        .params(lastSeq, now(), stream.source(), stream.replica(), stream.epoch())
        .update();
    budgets.closeEpoch(stream.replica(), stream.epoch());
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
