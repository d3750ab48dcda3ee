package io.r1platform.api.files;

import io.r1platform.api.errors.ServiceException;
import java.util.UUID;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file at any place, a chunk at a time, of which it keeps the last. Not for several
 * threads.
 */
public final class FileContent {
  private final long length;
  private final IntFunction<byte[]> read;
  private int at = -1;
  private byte @Nullable [] chunk;

  FileContent(long length, IntFunction<byte[]> read) {
    this.length = length;
    this.read = read;
  }

  /** How many chunks there are. */
  public int chunks() {
    return Math.toIntExact(Math.ceilDiv(length, (long) Files.CHUNK));
  }

  /** One of them, from 0; all have {@link Files#CHUNK} bytes but the last. Not to be changed. */
  public byte[] chunk(int ord) {
    byte[] known = chunk;
    if (known == null || at != ord) {
      known = read.apply(ord);
      chunk = known;
      at = ord;
    }
    return known;
  }

  /** So many bytes from a place, which the file has. */
  public byte[] bytes(long from, int count) {
    var bytes = new byte[count];
    for (int done = 0; done < count; ) {
      long place = from + done;
      byte[] part = chunk((int) (place / Files.CHUNK));
      int inside = (int) (place % Files.CHUNK);
      int n = Math.min(count - done, part.length - inside);
      System.arraycopy(part, inside, bytes, done, n);
      done += n;
    }
    return bytes;
  }

  /** Lets go of the chunk that it keeps. */
  public void forget() {
    chunk = null;
    at = -1;
  }

  static ServiceException gone(UUID id) {
    return ServiceException.notFound("The content of " + StoredFile.wire(id));
  }
}
