package io.r1platform.billing.receipts;

import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.Tile;
import io.r1platform.receipts.TiledLog;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tiles at the log's right edge while it grows, over those of the store. */
final class Tiles implements TiledLog.Source {
  private record Place(int level, long index) {}

  private final JdbcClient jdbc;
  private final Hasher hasher;
  private final Map<Place, ByteArrayOutputStream> edge = new HashMap<>();
  private final Set<Place> grown = new HashSet<>();
  private long size;

  /** Of a log that has {@code size} leaves. */
  Tiles(JdbcClient jdbc, Hasher hasher, long size) {
    this.jdbc = jdbc;
    this.hasher = hasher;
    this.size = size;
  }

  long size() {
    return size;
  }

  void append(Hash leaf) {
    Hash hash = leaf;
    long index = size++;
    for (int level = 0; ; level++) {
      var place = new Place(level, index / Tile.FULL);
      ByteArrayOutputStream tile = edge.computeIfAbsent(place, this::open);
      tile.writeBytes(hash.bytes());
      grown.add(place);
      if (index % Tile.FULL != Tile.FULL - 1) {
        return;
      }
      hash = root(tile.toByteArray());
      index /= Tile.FULL;
    }
  }

  private ByteArrayOutputStream open(Place place) {
    var tile = new ByteArrayOutputStream(Tile.FULL * Hash.BYTES);
    tile.writeBytes(stored(jdbc, place.level, place.index));
    return tile;
  }

  private Hash root(byte[] full) {
    var log = new TiledLog((level, index) -> full, hasher);
    return hasher.node(log.complete(Tile.HEIGHT - 1, 0), log.complete(Tile.HEIGHT - 1, 1));
  }

  @Override
  public byte[] hashes(int level, long index) {
    ByteArrayOutputStream tile = edge.get(new Place(level, index));
    return tile != null ? tile.toByteArray() : stored(jdbc, level, index);
  }

  /** Writes what has grown. */
  void store() {
    for (Place place : grown) {
      jdbc.sql(
              """
              insert into log_tile (level, tile, hashes) values (?, ?, ?)
              on conflict (level, tile) do update set hashes = excluded.hashes
              """)
          .params(place.level, place.index, hashes(place.level, place.index))
          .update();
    }
    grown.clear();
  }

  /** What the store has of a tile; nothing: no byte. */
  static byte[] stored(JdbcClient jdbc, int level, long index) {
    return jdbc.sql("select hashes from log_tile where level = ? and tile = ?")
        .params(level, index)
        .query((row, n) -> row.getBytes(1))
        .optional()
        .orElseGet(() -> new byte[0]);
  }
}
