package io.r1platform.api.metering;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Who may write, and how far billing has what was written. */
class Epochs {
  private static final RowMapper<Stream> STREAM =
      (row, number) ->
          new Stream(
              row.getLong("replica_id"),
              row.getInt("epoch"),
              row.getLong("acked_seq"),
              row.getObject("last_seq", Long.class),
              row.getBoolean("settled"));

  private final JdbcClient database;
  private final TransactionTemplate transaction;
  private Map<Beat, Integer> looks = Map.of();

  /** A peer's last heartbeat that this replica saw. */
  private record Beat(long replicaId, int epoch, OffsetDateTime seenAt) {}

  /** One (replica, epoch) and billing's progress in it; no last sequence while it is written. */
  record Stream(
      long replicaId, int epoch, long ackedSeq, @Nullable Long lastSeq, boolean settled) {}

  Epochs(JdbcClient database, TransactionTemplate transaction) {
    this.database = database;
    this.transaction = transaction;
  }

  /** Starts a new epoch of this replica; older ones are over when this returns. */
  int raise(long replicaId) {
    Integer epoch =
        transaction.execute(
            status -> {
              int raised =
                  database
                      .sql(
                          """
                          insert into replica (replica_id, epoch, seen_at)
                          values (:replica, 1, now())
                          on conflict (replica_id) do update
                            set epoch = replica.epoch + 1, seen_at = now()
                          returning epoch
                          """)
                      .param("replica", replicaId)
                      .query(Integer.class)
                      .single();
              end(replicaId, raised - 1);
              database
                  .sql("insert into shipping (replica_id, epoch) values (:replica, :epoch)")
                  .param("replica", replicaId)
                  .param("epoch", raised)
                  .update();
              return raised;
            });
    return java.util.Objects.requireNonNull(epoch);
  }

  /** Says that this replica lives. False if its epoch is over. */
  boolean touch(long replicaId, int epoch) {
    return database
            .sql(
                """
                update replica set seen_at = now()
                where replica_id = :replica and epoch = :epoch
                """)
            .param("replica", replicaId)
            .param("epoch", epoch)
            .update()
        == 1;
  }

  /** How many replicas were heard in this time; at least 1. */
  int live(Duration silence) {
    return Math.max(
        1,
        database
            .sql(
                """
                select count(*) from replica
                where seen_at >= now() - make_interval(secs => :silence)
                """)
            .param("silence", silence.toMillis() / 1000.0)
            .query(Integer.class)
            .single());
  }

  /**
   * Ends the epoch of every other replica whose heartbeat is the same at so many looks after the
   * first. Looks that fail do not count, so peers that a database's absence silenced have as long
   * as ever from its return. Returns how many.
   */
  int fenceSilent(long ownReplicaId, int mostLooks) {
    var now = new HashMap<Beat, Integer>();
    for (Beat beat : beats(ownReplicaId)) {
      Integer before = looks.get(beat);
      now.put(beat, before == null ? 0 : before + 1);
    }
    looks = now;
    int fenced = 0;
    for (Map.Entry<Beat, Integer> peer : now.entrySet()) {
      fenced += peer.getValue() >= mostLooks && fence(peer.getKey()) ? 1 : 0;
    }
    return fenced;
  }

  private List<Beat> beats(long ownReplicaId) {
    return database
        .sql(
            """
            select r.replica_id, r.epoch, r.seen_at
            from replica r join shipping s using (replica_id, epoch)
            where r.replica_id <> :own and s.last_seq is null
            """)
        .param("own", ownReplicaId)
        .query(
            (row, number) ->
                new Beat(row.getLong(1), row.getInt(2), row.getObject(3, OffsetDateTime.class)))
        .list();
  }

  private boolean fence(Beat last) {
    return Boolean.TRUE.equals(
        transaction.execute(
            status -> {
              int raised =
                  database
                      .sql(
                          """
                          update replica set epoch = epoch + 1
                          where replica_id = :replica and epoch = :epoch and seen_at = :seen
                          """)
                      .param("replica", last.replicaId())
                      .param("epoch", last.epoch())
                      .param("seen", last.seenAt())
                      .update();
              if (raised == 1) {
                end(last.replicaId(), last.epoch());
              }
              return raised == 1;
            }));
  }

  /**
   * Fixes where the streams of a replica end, up to an epoch that can write nothing more. Days that
   * billing has may have been dropped from the journal, so the end is never before what it has.
   */
  private void end(long replicaId, int upToEpoch) {
    database
        .sql(
            """
            update shipping s
            set last_seq = greatest(s.acked_seq, (
              select max(j.ship_seq) from usage_journal j
              where j.replica_id = s.replica_id and j.epoch = s.epoch and j.kind = 'F'))
            where s.replica_id = :replica and s.epoch <= :epoch and s.last_seq is null
            """)
        .param("replica", replicaId)
        .param("epoch", upToEpoch)
        .update();
  }

  /** The streams that this replica must ship: its own, and every one that ended. */
  List<Stream> unreported(long replicaId, int epoch) {
    return database
        .sql(
            """
            select replica_id, epoch, acked_seq, last_seq, settled_at is not null as settled
            from shipping
            where reported_at is null
              and (last_seq is not null or (replica_id = :replica and epoch = :epoch))
            order by replica_id, epoch
            """)
        .param("replica", replicaId)
        .param("epoch", epoch)
        .query(STREAM)
        .list();
  }

  void acked(Stream stream, long seq) {
    database
        .sql(
            """
            update shipping set acked_seq = :seq
            where replica_id = :replica and epoch = :epoch
            """)
        .param("seq", seq)
        .param("replica", stream.replicaId())
        .param("epoch", stream.epoch())
        .update();
  }

  void reported(Stream stream) {
    database
        .sql(
            """
            update shipping set reported_at = now()
            where replica_id = :replica and epoch = :epoch
            """)
        .param("replica", stream.replicaId())
        .param("epoch", stream.epoch())
        .update();
  }
}
