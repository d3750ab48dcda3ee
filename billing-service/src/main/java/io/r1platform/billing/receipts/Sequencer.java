package io.r1platform.billing.receipts;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.Frontier;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.NoteSigner;
import io.r1platform.receipts.TiledLog;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Gives what was written its place in the log, each second, in one transaction under the lock of
 * the log's head. Several processes may try; whoever dies in it has done nothing, and a checkpoint
 * is public only after its commit, so that no two of one size are ever seen.
 */
@Component
class Sequencer {
  private static final Logger LOG = LoggerFactory.getLogger(Sequencer.class);
  private static final int MOST_BATCHES = 200; // of 5,000 leaves at most

  private record Waiting(long batchId, ByteBuffer leaves) {}

  private final JdbcClient jdbc;
  private final LogSigner signer;
  private final LastCheckpoint published;
  private final TransactionTemplate transaction;
  private final AtomicLong waitingSeconds = new AtomicLong();
  private final AtomicLong size = new AtomicLong();

  Sequencer(
      JdbcClient jdbc,
      LogSigner signer,
      LastCheckpoint published,
      TransactionTemplate transaction,
      MeterRegistry meters) {
    this.jdbc = jdbc;
    this.signer = signer;
    this.published = published;
    this.transaction = transaction;
    meters.gauge(BillingMetric.LOG_WAITING.meterName(), waitingSeconds);
    meters.gauge(BillingMetric.LOG_SIZE.meterName(), size);
  }

  @Scheduled(fixedDelayString = "PT1S", initialDelayString = "PT1S")
  void eachSecond() {
    try {
      while (sequence() == MOST_BATCHES) {
        LOG.debug("More receipts wait for the log");
      }
      look();
    } catch (DataAccessException | TransactionException | IllegalStateException e) {
      LOG.error("The log of receipts could not be continued", e);
    }
  }

  private void look() {
    waitingSeconds.set(
        jdbc.sql(
                """
                select coalesce(extract(epoch from clock_timestamp() - (select logged_at
                  from log_batch where first_index is null order by batch_id limit 1)), 0)::bigint
                """)
            .query(Long.class)
            .single());
    size.set(jdbc.sql("select size from log_head").query(Long.class).single());
  }

  /**
   * Once.
   *
   * @return how many batches got their place
   * @throws IllegalStateException if the key was retired, or the log does not continue what was
   *     public; nothing was done
   */
  int sequence() {
    int batches =
        signer
            .signer()
            .map(key -> transaction.execute(status -> sequence(key)))
            .map(Integer::intValue)
            .orElse(0);
    jdbc.sql("select note from log_checkpoint order by size desc limit 1")
        .query(String.class)
        .optional()
        .ifPresent(published::keep);
    return batches;
  }

  private int sequence(NoteSigner key) {
    long before = jdbc.sql("select size from log_head for update").query(Long.class).single();
    var hasher = new Hasher();
    var tiles = new Tiles(jdbc, hasher, before);
    published.requireContinued(before, new TiledLog(tiles, hasher));
    takeUp(key, before);
    if (before == 0) {
      sign(key, tiles, hasher); // what the first bundle starts with
    }
    List<Waiting> batches =
        jdbc.sql(
                """
                select batch_id, leaves from log_batch where first_index is null
                order by batch_id limit ?
                """)
            .param(MOST_BATCHES)
            .query((row, n) -> new Waiting(row.getLong(1), ByteBuffer.wrap(row.getBytes(2))))
            .list();
    if (batches.isEmpty()) {
      return 0;
    }
    for (Waiting batch : batches) {
      jdbc.sql("update log_batch set first_index = ? where batch_id = ?")
          .params(tiles.size(), batch.batchId)
          .update();
      while (batch.leaves.hasRemaining()) {
        tiles.append(Hash.read(batch.leaves));
      }
    }
    tiles.store();
    jdbc.sql("update log_head set size = ?").param(tiles.size()).update();
    sign(key, tiles, hasher);
    return batches.size();
  }

  /** Of one size there is one checkpoint: where there is one, this does nothing. */
  private void sign(NoteSigner key, Tiles tiles, Hasher hasher) {
    Hash root = new Frontier(hasher, tiles.size(), new TiledLog(tiles, hasher)).root();
    String note = key.sign(new Checkpoint(key.key().name(), tiles.size(), root).text());
    jdbc.sql(
            """
            insert into log_checkpoint (size, root, note) values (?, ?, ?)
            on conflict (size) do nothing
            """)
        .params(tiles.size(), root.bytes(), note)
        .update();
  }

  /** Lets the key take over if it is new. */
  private void takeUp(NoteSigner signing, long size) {
    String key = signing.key().text();
    List<Boolean> open =
        jdbc.sql("select last_size is null from log_key where key = ?")
            .param(key)
            .query(Boolean.class)
            .list();
    if (open.contains(true)) {
      return;
    }
    if (open.contains(false)) {
      throw new IllegalStateException(
          "The key %s was retired from the log; r1.billing.log.key-file must have the new one"
              .formatted(key));
    }
    jdbc.sql("update log_key set last_size = ? where last_size is null").param(size).update();
    jdbc.sql("insert into log_key (key, first_size) values (?, ?)").params(key, size).update();
    LOG.info("The log of receipts is signed by {} from {} entries on", key, size);
  }
}
