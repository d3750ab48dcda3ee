package io.r1platform.receipts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A log's tiles in a folder, as C2SP's tlog-tiles serves them: full tiles as {@code tile/L/N}, the
 * last one of a level as {@code tile/L/N.p/W}. A partial tile that is gone is the beginning of the
 * full one.
 */
public final class LogFolder implements TiledLog.Source {
  /** The newest checkpoint. */
  public static final String CHECKPOINT = "checkpoint";

  /** The log's keys. */
  public static final String KEYS = "keys";

  /** Above all tiles. */
  public static final String TILES = "tile";

  private final Path folder;
  private final long size;

  /** Of the log's first {@code size} entries. */
  public LogFolder(Path folder, long size) {
    this.folder = folder;
    this.size = size;
  }

  /** Where a tile is. */
  public static Path file(Path folder, Tile tile) {
    return folder.resolve(TILES).resolve(tile.path());
  }

  /**
   * The hashes of a tile.
   *
   * @throws NotGenuine if the file is missing or has not as many
   */
  @Override
  public byte[] hashes(int level, long index) {
    int width = Tile.width(level, index, size);
    if (width == 0) {
      return new byte[0];
    }
    var tile = new Tile(level, index, width);
    byte[] found = read(tile);
    if (found == null && width < Tile.FULL) {
      byte[] full = read(new Tile(level, index, Tile.FULL));
      found = full == null ? null : Arrays.copyOf(full, width * Hash.BYTES);
    }
    if (found == null) {
      throw new NotGenuine("the log's folder has no tile " + tile.path());
    }
    return found;
  }

  private byte @Nullable [] read(Tile tile) {
    try {
      Path file = file(folder, tile);
      if (Files.size(file) != (long) tile.width() * Hash.BYTES) {
        throw new NotGenuine(
            "tile %s of the log's folder has %d bytes".formatted(tile.path(), Files.size(file)));
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
