package io.r1platform.billing.receipts;

import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.InclusionProof;
import io.r1platform.receipts.LogTree;
import io.r1platform.receipts.NoteKey;
import io.r1platform.receipts.Tile;
import io.r1platform.receipts.TiledLog;
import io.r1platform.receipts.TrustedKeys;
import io.r1platform.receipts.UsageRecord;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads single receipts and the log. */
@Component
class Receipts {
  /**
   * A record of the store.
   *
   * @param record what the log has of it
   * @param logIndex its place in the log; null: not yet
   */
  record Stored(UsageRecord record, @Nullable Long logIndex) {}

  /** Whose. */
  record Owner(long organization, long project) {}

  private static final int UUID_VERSION = 7;

  private final JdbcClient jdbc;

  Receipts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A receipt by its request's id; empty as well if it is somebody else's. */
  Optional<Stored> find(Owner owner, UUID id) {
    if (id.version() != UUID_VERSION) {
      return Optional.empty();
    }
    return jdbc.sql(
            """
            select r.event_id, r.record, r.leaf_sha256, b.leaves, b.first_index
            from charged_request r left join log_batch b using (journal_id)
            where r.bucket = :bucket and r.event_id = :id
              and r.tenant_id = :organization and r.project_id = :project
            """)
        .param("bucket", day(id))
        .param("id", id)
        .param("organization", owner.organization)
        .param("project", owner.project)
        .query(
            (row, n) ->
                new Stored(
                    UsageRecord.of(row.getBytes("record")),
                    place(
                        row.getBytes("leaf_sha256"),
                        row.getBytes("leaves"),
                        row.getObject("first_index", Long.class))))
        .optional();
  }

  /**
   * A record that billing did not charge as it came.
   *
   * @param reason why it was held
   * @param resolved {@code REJECTED} or {@code CONFIRMED}; null: nobody has decided
   */
  record Held(
      String reason, Instant heldAt, @Nullable String resolved, @Nullable Instant decidedAt) {}

  /** The newest that was held of a request's id, if its bytes say that it is the owner's. */
  Optional<Held> held(Owner owner, UUID id) {
    return jdbc.sql(
            """
            select reason, held_at, resolved, resolved_at from usage_held
            where event_id = ? and substring(record from 25 for 8) = int8send(?)
              and substring(record from 33 for 8) = int8send(?)
            order by held_at desc limit 1
            """)
        .params(id, owner.organization, owner.project)
        .query(
            (row, n) -> {
              OffsetDateTime decided = row.getObject("resolved_at", OffsetDateTime.class);
              return new Held(
                  row.getString("reason"),
                  row.getObject("held_at", OffsetDateTime.class).toInstant(),
                  row.getString("resolved"),
                  decided == null ? null : decided.toInstant());
            })
        .optional();
  }

  private static @Nullable Long place(
      byte[] leaf, byte @Nullable [] leaves, @Nullable Long firstIndex) {
    if (leaves == null || firstIndex == null) {
      return null;
    }
    var wanted = ByteBuffer.wrap(leaf);
    for (int at = 0; at < leaves.length; at += Hash.BYTES) {
      if (ByteBuffer.wrap(leaves, at, Hash.BYTES).equals(wanted)) {
        return firstIndex + at / Hash.BYTES;
      }
    }
    return null;
  }

  /**
   * At most so many of those admitted from {@code from} on, in order of that; after one that was
   * had.
   */
  List<Stored> from(Owner owner, Instant from, @Nullable UUID after, int most) {
    Instant had =
        after == null
            ? null
            : find(owner, after)
                .map(stored -> stored.record().admittedAt())
                .orElseGet(() -> Instant.ofEpochMilli(after.getMostSignificantBits() >>> 16));
    Instant begin = had != null && had.isAfter(from) ? had : from;
    return jdbc.sql(
            """
            select record from charged_request
            where tenant_id = :organization and project_id = :project
              and admitted_at >= :from and bucket >= :bucket
              and (cast(:after as uuid) is null
                or (admitted_at, event_id) > (cast(:afterAt as timestamptz), :after))
            order by admitted_at, event_id limit :most
            """)
        .param("organization", owner.organization)
        .param("project", owner.project)
        .param("from", begin.atOffset(ZoneOffset.UTC))
        .param("bucket", LocalDate.ofInstant(begin, ZoneOffset.UTC).minusDays(1))
        .param("after", after)
        .param("afterAt", had == null ? null : had.atOffset(ZoneOffset.UTC))
        .param("most", most)
        .query((row, n) -> new Stored(UsageRecord.of(row.getBytes("record")), null))
        .list();
  }

  /** The newest checkpoint's signed note; empty while nothing was signed. */
  Optional<String> checkpoint() {
    return jdbc.sql("select note from log_checkpoint order by size desc limit 1")
        .query(String.class)
        .optional();
  }

  /** The keys of all time, oldest first, as {@code r1-verify-bill --key} takes them. */
  String keys() {
    List<TrustedKeys.Key> keys =
        jdbc.sql("select key, first_size, last_size from log_key order by first_size, last_size")
            .query(
                (row, n) -> {
                  Long last = row.getObject("last_size", Long.class);
                  return new TrustedKeys.Key(
                      NoteKey.parse(row.getString("key")),
                      row.getLong("first_size"),
                      last == null ? Long.MAX_VALUE : last);
                })
            .list();
    return new TrustedKeys(keys).text();
  }

  /** A tile's hashes, if a checkpoint has as many there. */
  Optional<byte[]> tile(Tile tile) {
    long size =
        jdbc.sql("select coalesce(max(size), 0) from log_checkpoint").query(Long.class).single();
    if (Tile.width(tile.level(), tile.index(), size) < tile.width()) {
      return Optional.empty();
    }
    byte[] stored = Tiles.stored(jdbc, tile.level(), tile.index());
    return Optional.of(Arrays.copyOf(stored, tile.width() * Hash.BYTES));
  }

  /** That a leaf is in the log, against its newest checkpoint. */
  InclusionProof proof(long index) {
    record Newest(long size, String note) {}
    Newest newest =
        jdbc.sql("select size, note from log_checkpoint order by size desc limit 1")
            .query((row, n) -> new Newest(row.getLong(1), row.getString(2)))
            .single();
    var hasher = new Hasher();
    var log =
        new LogTree(new TiledLog((level, tile) -> Tiles.stored(jdbc, level, tile), hasher), hasher);
    return new InclusionProof(index, log.inclusion(index, newest.size), newest.note);
  }

  private static LocalDate day(UUID id) {
    return LocalDate.ofInstant(
        Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16), ZoneOffset.UTC);
  }
}
