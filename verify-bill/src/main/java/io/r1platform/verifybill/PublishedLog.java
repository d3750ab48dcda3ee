package io.r1platform.verifybill;

import io.r1platform.receipts.Checkpoint;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.Lines;
import io.r1platform.receipts.LogFolder;
import io.r1platform.receipts.LogTree;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.Tile;
import io.r1platform.receipts.TiledLog;
import io.r1platform.receipts.TrustedKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The log as anybody can have it, in a folder of checkpoint and tiles. */
final class PublishedLog {
  private static final String WHAT = "the published checkpoint";
  private static final long MOST_BYTES = 100_000;

  private final Path folder;
  private final Checkpoint newest;

  /**
   * Reads the checkpoint.
   *
   * @throws NotGenuine if none of the keys may have signed it
   */
  PublishedLog(Path folder, TrustedKeys keys) throws IOException {
    this.folder = folder;
    Path file = folder.resolve(LogFolder.CHECKPOINT);
    if (Files.size(file) > MOST_BYTES) {
      throw new NotGenuine(file + " is too large for a checkpoint");
    }
    this.newest = Checkpoint.verified(Lines.utf8(Files.readAllBytes(file), WHAT), keys, WHAT);
  }

  long size() {
    return newest.size();
  }

  /**
   * Checks that its tiles, all of them, are what its checkpoint says, and that the log of a bundle
   * is its beginning.
   *
   * @throws NotGenuine if not
   */
  void requireBegins(Checkpoint bundled) {
    if (!newest.origin().equals(bundled.origin())) {
      throw new NotGenuine(
          "the published log is %s, the bundle's is %s"
              .formatted(newest.origin(), bundled.origin()));
    }
    if (newest.size() < bundled.size()) {
      throw new NotGenuine(
          "the published log has %d entries, the bundle's %d"
              .formatted(newest.size(), bundled.size()));
    }
    requireWhole();
    requireRoot(newest, WHAT);
    requireRoot(bundled, "the bundle's log");
  }

  /** Each full tile has the root that the level above has of it. */
  private void requireWhole() {
    var tiles = new LogFolder(folder, newest.size());
    var hasher = new Hasher();
    for (int level = 0; Tile.width(level, 0, newest.size()) > 0; level++) {
      byte[] above = {};
      for (long index = 0; Tile.width(level, index, newest.size()) > 0; index++) {
        int place = (int) (index % Tile.FULL);
        if (place == 0) {
          above = tiles.hashes(level + 1, index / Tile.FULL);
        }
        byte[] hashes = tiles.hashes(level, index);
        if (hashes.length == Tile.FULL * Hash.BYTES
            && !rootOf(hashes, hasher)
                .equals(Hash.read(ByteBuffer.wrap(above, place * Hash.BYTES, Hash.BYTES)))) {
          throw new NotGenuine(
              "tile %s of the published log has another root than the level above says"
                  .formatted(new Tile(level, index, Tile.FULL).path()));
        }
      }
    }
  }

  private static Hash rootOf(byte[] full, Hasher hasher) {
    var tile = new TiledLog((level, index) -> full, hasher);
    return hasher.node(tile.complete(Tile.HEIGHT - 1, 0), tile.complete(Tile.HEIGHT - 1, 1));
  }

  /** The root of the published tiles at that size. */
  private void requireRoot(Checkpoint checkpoint, String what) {
    var hasher = new Hasher();
    long size = checkpoint.size();
    Hash root =
        size == 0
            ? hasher.plain(new byte[0])
            : new LogTree(new TiledLog(new LogFolder(folder, newest.size()), hasher), hasher)
                .root(size);
    if (!root.equals(checkpoint.root())) {
      throw new NotGenuine(
          "%s of %d entries has the root %s, the published tiles give %s"
              .formatted(what, size, checkpoint.root(), root));
    }
  }
}
