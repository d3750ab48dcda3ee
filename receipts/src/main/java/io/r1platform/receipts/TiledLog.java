package io.r1platform.receipts;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a log, computed from its tiles. It keeps the {@value #MOST_TILES} that were used
 * last, 8 KiB each: a proof that goes through the log from left to right reads each tile once,
 * whatever the log's size. One thread at a time.
 */
public final class TiledLog implements Nodes {
  /** Where tiles come from. */
  @FunctionalInterface
  public interface Source {
    /** The hashes that the tile has by now, 32 bytes each, from its first. */
    byte[] hashes(int level, long index);
  }

  /** Tiles in memory at most; a path through the largest log needs 8. */
  static final int MOST_TILES = 64;

  private record Place(int level, long index) {}

  /** The least recently used goes first. */
  private static final class Kept extends LinkedHashMap<Place, byte[]> {
    private Kept() {
      super(MOST_TILES, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.@Nullable Entry<Place, byte[]> eldest) {
      return size() > MOST_TILES;
    }
  }

  private final Source source;
  private final Hasher hasher;
  private final Map<Place, byte[]> read = new Kept();

  /** Over a source. */
  public TiledLog(Source source, Hasher hasher) {
    this.source = source;
    this.hasher = hasher;
  }

  @Override
  public Hash complete(int level, long index) {
    int tileLevel = level / Tile.HEIGHT;
    int above = level % Tile.HEIGHT; // levels over the tile's own hashes
    long first = index << above;
    byte[] tile = tile(new Place(tileLevel, first / Tile.FULL));
    int from = (int) (first % Tile.FULL);
    if ((from + (1 << above)) * Hash.BYTES > tile.length) {
      throw new IllegalStateException(
          "tile %d of level %d has only %d bytes"
              .formatted(first / Tile.FULL, tileLevel, tile.length));
    }
    return fold(tile, from, above);
  }

  private byte[] tile(Place place) {
    byte[] kept = read.get(place);
    if (kept == null) {
      kept = source.hashes(place.level, place.index);
      read.put(place, kept);
    }
    return kept;
  }

  /** How many tiles it holds. */
  int tilesInMemory() {
    return read.size();
  }

  private Hash fold(byte[] tile, int from, int levels) {
    if (levels == 0) {
      return Hash.read(ByteBuffer.wrap(tile, from * Hash.BYTES, Hash.BYTES));
    }
    int half = 1 << (levels - 1);
    return hasher.node(fold(tile, from, levels - 1), fold(tile, from + half, levels - 1));
  }
}
