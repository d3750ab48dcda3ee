package io.r1platform.receipts;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A run of hashes of a log, as C2SP's tlog-tiles serves it.
 *
 * @param level 0: leaves; each level above has a hash for every full tile below
 * @param index of the tile in its level
 * @param width hashes in it: 256 if full
 */
public record Tile(int level, long index, int width) {
  /** Levels of the tree in one tile. */
  public static final int HEIGHT = 8;

  /** Hashes of a full tile. */
  public static final int FULL = 1 << HEIGHT;

  private static final int MOST_LEVELS = 8;
  private static final Pattern PATH =
      Pattern.compile(
          "([0-9])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?");

  /**
   * Checks the place.
   *
   * @throws IllegalArgumentException if there is no such tile
   */
  public Tile {
    if (level < 0 || level >= MOST_LEVELS || index < 0 || width < 1 || width > FULL) {
      throw new IllegalArgumentException("no tile " + level + ", " + index + ", " + width);
    }
  }

  /** The tile of a path, {@code L/N} or {@code L/N.p/W}; null if no tile has that path. */
  public static @Nullable Tile ofPath(String path) {
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return null;
    }
    String width = matcher.group(3);
    long index = Long.parseLong(matcher.group(2).replaceAll("[x/]", ""));
    int level = Integer.parseInt(matcher.group(1));
    if (level >= MOST_LEVELS) {
      return null;
    }
    var tile = new Tile(level, index, width == null ? FULL : Integer.parseInt(width));
    return tile.path().equals(path) ? tile : null;
  }

  /** Where it is served, below {@code <prefix>/tile/}. */
  public String path() {
    String digits = String.format(Locale.ROOT, "%03d", index % 1000);
    for (long rest = index / 1000; rest > 0; rest /= 1000) {
      digits = String.format(Locale.ROOT, "x%03d/", rest % 1000) + digits;
    }
    return level + "/" + digits + (width == FULL ? "" : ".p/" + width);
  }

  /** How many hashes the tile at that place has in a log of {@code size}: 0 to 256. */
  public static int width(int level, long index, long size) {
    long hashes = (level * HEIGHT >= Long.SIZE - 1 ? 0 : size >>> (level * HEIGHT)) - index * FULL;
    return Math.clamp(hashes, 0, FULL);
  }
}
