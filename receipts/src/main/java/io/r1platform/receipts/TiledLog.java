package io.r1platform.receipts;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** The nodes of a log, computed from its tiles, which it keeps. One thread at a time. */
public final class TiledLog implements Nodes {
  /** Where tiles come from. */
  @FunctionalInterface
  public interface Source {
    /** The hashes that the tile has by now, 32 bytes each, from its first. */
    byte[] hashes(int level, long index);
  }

  private record Place(int level, long index) {}

  private final Source source;
  private final Hasher hasher;
  private final Map<Place, byte[]> read = new HashMap<>();

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
    byte[] tile =
        read.computeIfAbsent(
            new Place(tileLevel, first / Tile.FULL), at -> source.hashes(at.level, at.index));
    int from = (int) (first % Tile.FULL);
    if ((from + (1 << above)) * Hash.BYTES > tile.length) {
      throw new IllegalStateException(
          "tile %d of level %d has only %d bytes"
              .formatted(first / Tile.FULL, tileLevel, tile.length));
    }
    return fold(tile, from, above);
  }

  private Hash fold(byte[] tile, int from, int levels) {
    if (levels == 0) {
      return Hash.read(ByteBuffer.wrap(tile, from * Hash.BYTES, Hash.BYTES));
    }
    int half = 1 << (levels - 1);
    return hasher.node(fold(tile, from, levels - 1), fold(tile, from + half, levels - 1));
  }
}
