package io.r1platform.api.batches;

import io.r1platform.api.idempotency.AnswerCipher;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads and writes the lines of batches that have not ended. Blocks. Whoever changes a line that
 * runs names its run, so that a run which was given up changes nothing any more.
 */
@Component
class Lines {
  private static final int FETCH = 1; // a reply may have megabytes
  private static final int LEFT_AT_ONCE = 1_000;
  private static final int REMOVED_AT_ONCE = 1_000;

  private final JdbcClient database;
  private final AnswerCipher cipher;
  private final TransactionTemplate transaction;

  /** Where a line is in its file. */
  record Place(int line, long at, int length) {}

  /** A line that is to run, as this run. */
  record Claimed(UUID batchId, Place place, UUID eventId, int failures) {}

  /**
   * A line that was running.
   *
   * @param kept whether its answer is here
   * @param ownerLives whether its owner may still charge for it
   */
  record Left(
      UUID batchId, int line, UUID eventId, String owner, boolean kept, boolean ownerLives) {}

  /**
   * A line at the end of its batch.
   *
   * @param done whether it has a result
   * @param eventId its run, null if it has none
   * @param reply that result, its line of the output; null if it was lost, or cannot be decrypted
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Ended(
      Place place, @Nullable UUID eventId, boolean done, boolean failed, byte @Nullable [] reply) {}

  Lines(JdbcClient database, AnswerCipher cipher, PlatformTransactionManager transactions) {
    this.database = database;
    this.cipher = cipher;
    this.transaction = new TransactionTemplate(transactions);
  }

  void insert(UUID batchId, Collection<Place> places) {
    database
        .sql(
            """
            insert into batch_line (batch_id, line, at, length)
            select ?, * from unnest(?::int[], ?::bigint[], ?::int[])
            """)
        .param(batchId)
        .param(array(places.stream().map(Place::line).toList()))
        .param(array(places.stream().map(Place::at).toList()))
        .param(array(places.stream().map(Place::length).toList()))
        .update();
  }

  /**
   * Removes the lines of a batch that has ended, some in each transaction: none is locked for long,
   * and what was removed is gone if it is broken off. Does nothing while it has not ended.
   */
  void forget(UUID batchId) {
    int removed;
    do {
      removed =
          database
              .sql(
                  """
                  delete from batch_line l using batch b
                  where b.batch_id = ? and b.ended_at is not null and l.batch_id = b.batch_id
                    and l.line in (
                      select line from batch_line where batch_id = ? order by line limit ?)
                  """)
              .params(batchId, batchId, REMOVED_AT_ONCE)
              .update();
    } while (removed > 0);
  }

  /** Batches that have ended, but still have lines. */
  List<UUID> ofEnded() {
    return database
        .sql(
            """
            select batch_id from batch b where ended_at is not null
              and exists (select from batch_line l where l.batch_id = b.batch_id)
            """)
        .query(UUID.class)
        .list();
  }

  /**
   * Takes the next lines that wait, each for a run of its own; none unless the batch is in
   * progress.
   *
   * @param owner as {@code live_owner} names it
   * @param after lines with a greater number come first, then those from the beginning
   */
  List<Claimed> claim(UUID batchId, String owner, int most, int after, Supplier<UUID> ids) {
    return transaction.execute(
        status -> {
          boolean runs =
              database
                  .sql(
                      """
                      select true from batch where batch_id = ? and status = 'in_progress'
                      for share
                      """)
                  .param(batchId)
                  .query(Boolean.class)
                  .optional()
                  .orElse(false);
          return runs ? take(batchId, owner, most, after, ids) : List.of();
        });
  }

  private List<Claimed> take(UUID batchId, String owner, int most, int after, Supplier<UUID> ids) {
    List<Claimed> claimed =
        database
            .sql(
                """
                select line, at, length, failures from batch_line
                where batch_id = ? and state = 'waiting'
                order by line <= ?, line limit ? for update skip locked
                """)
            .params(batchId, after, most)
            .query(
                (row, number) ->
                    new Claimed(batchId, place(row), ids.get(), row.getInt("failures")))
            .list();
    if (!claimed.isEmpty()) {
      database
          .sql(
              """
              update batch_line l set state = 'running', event_id = c.id, owner = :owner
              from unnest(cast(:lines as int[]), cast(:ids as uuid[])) as c(line, id)
              where l.batch_id = :batch and l.line = c.line
              """)
          .param("owner", owner)
          .param("lines", array(claimed.stream().map(line -> line.place.line).toList()))
          .param("ids", array(claimed.stream().map(Claimed::eventId).toList()))
          .param("batch", batchId)
          .update();
    }
    return claimed;
  }

  /** Keeps the answer of a run before it is charged for. False if the line is not that run's. */
  boolean keep(Claimed line, boolean failed, byte[] reply) {
    return database
            .sql(
                """
                update batch_line set state = 'kept', failed = ?, reply = ?
                where batch_id = ? and line = ? and event_id = ? and state = 'running'
                """)
            .params(failed, sealed(line.batchId, line.place.line, reply))
            .params(line.batchId, line.place.line, line.eventId)
            .update()
        == 1;
  }

  /** A run has ended, with this line of the output. False if the line is not that run's. */
  boolean finish(UUID batchId, int line, UUID eventId, boolean failed, byte[] reply) {
    return database
            .sql(
                """
                update batch_line set state = 'done', failed = ?, reply = ?, owner = null
                where batch_id = ? and line = ? and event_id = ? and state in ('running', 'kept')
                """)
            .params(failed, sealed(batchId, line, reply), batchId, line, eventId)
            .update()
        == 1;
  }

  /** A run was charged, and its answer had been kept. */
  boolean finishKept(UUID batchId, int line, UUID eventId) {
    return database
            .sql(
                """
                update batch_line set state = 'done', owner = null
                where batch_id = ? and line = ? and event_id = ? and state = 'kept'
                """)
            .params(batchId, line, eventId)
            .update()
        == 1;
  }

  /** A run was charged, and its answer is nowhere. */
  boolean finishLost(UUID batchId, int line, UUID eventId) {
    return database
            .sql(
                """
                update batch_line set state = 'done', owner = null, failed = true
                where batch_id = ? and line = ? and event_id = ? and state = 'running'
                """)
            .params(batchId, line, eventId)
            .update()
        == 1;
  }

  /** A run was not charged: the line waits again. */
  boolean giveBack(UUID batchId, int line, UUID eventId, int moreFailures) {
    return database
            .sql(
                """
                update batch_line set state = 'waiting', event_id = null, owner = null,
                  failed = null, reply = null, failures = failures + ?
                where batch_id = ? and line = ? and event_id = ? and state in ('running', 'kept')
                """)
            .params(moreFailures, batchId, line, eventId)
            .update()
        == 1;
  }

  /** Lines that run by an owner who is dead, or by this one. */
  List<Left> left(String me) {
    return database
        .sql(
            """
            select batch_id, line, event_id, owner, state = 'kept' as kept,
              exists (select from live_owner o where o.owner = l.owner) as lives
            from batch_line l
            where state in ('running', 'kept')
              and (owner = :me or not exists (select from live_owner o where o.owner = l.owner))
            limit :most
            """)
        .param("me", me)
        .param("most", LEFT_AT_ONCE)
        .query(
            (row, number) ->
                new Left(
                    row.getObject("batch_id", UUID.class),
                    row.getInt("line"),
                    row.getObject("event_id", UUID.class),
                    row.getString("owner"),
                    row.getBoolean("kept"),
                    row.getBoolean("lives")))
        .list();
  }

  /** Whether a line of a batch runs, here or elsewhere. */
  boolean anyRuns(UUID batchId) {
    return database
        .sql(
            """
            select exists (
              select from batch_line where batch_id = ? and state in ('running', 'kept'))
            """)
        .param(batchId)
        .query(Boolean.class)
        .single();
  }

  /** Whether a line of a batch has no result yet. One look: a line goes from one to the other. */
  boolean anyOpen(UUID batchId) {
    return database
        .sql(
            """
            select exists (select from batch_line where batch_id = :batch and state = 'waiting')
              or exists (
                select from batch_line where batch_id = :batch and state in ('running', 'kept'))
            """)
        .param("batch", batchId)
        .query(Boolean.class)
        .single();
  }

  /** Gives every line in order, in the caller's transaction. */
  void each(UUID batchId, Consumer<Ended> use) {
    RowCallbackHandler read = row -> use.accept(ended(batchId, row));
    database
        .sql(
            """
            select line, at, length, event_id, state = 'done' as done,
              coalesce(failed, true) as failed, reply
            from batch_line
            where batch_id = ? order by line
            """)
        .param(batchId)
        .withFetchSize(FETCH)
        .query(read);
  }

  private Ended ended(UUID batchId, ResultSet row) throws SQLException {
    Place place = place(row);
    byte[] stored = row.getBytes("reply");
    byte[] reply =
        stored == null ? null : cipher.open(stored, row(batchId, place.line)).orElse(null);
    return new Ended(
        place,
        row.getObject("event_id", UUID.class),
        row.getBoolean("done"),
        row.getBoolean("failed"),
        reply);
  }

  private byte[] sealed(UUID batchId, int line, byte[] reply) {
    return cipher.seal(reply, row(batchId, line));
  }

  private static String row(UUID batchId, int line) {
    return "batch %s %d".formatted(batchId, line);
  }

  private static Place place(ResultSet row) throws SQLException {
    return new Place(row.getInt("line"), row.getLong("at"), row.getInt("length"));
  }

  private static String array(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }
}
