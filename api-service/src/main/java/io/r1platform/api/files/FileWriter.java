package io.r1platform.api.files;

import java.util.Arrays;
import java.util.UUID;
import java.util.function.ObjIntConsumer;

/** Writes a file's bytes in chunks. Not for several threads; its memory is one chunk. */
public final class FileWriter {
  private final UUID id;
  private final ObjIntConsumer<byte[]> write;
  private final byte[] chunk = new byte[Files.CHUNK];
  private int filled;
  private int next;
  private long bytes;

  FileWriter(UUID id, ObjIntConsumer<byte[]> write) {
    this.id = id;
    this.write = write;
  }

  /** Whose bytes they are. */
  public UUID id() {
    return id;
  }

  /** How many have come. */
  public long bytes() {
    return bytes;
  }

  /** Adds bytes; writes a chunk when it is full. */
  public void add(byte[] more, int from, int count) {
    for (int done = 0; done < count; ) {
      int n = Math.min(count - done, chunk.length - filled);
      System.arraycopy(more, from + done, chunk, filled, n);
      filled += n;
      done += n;
      if (filled == chunk.length) {
        flush();
      }
    }
    bytes += count;
  }

  /** Writes what is left. */
  void flush() {
    if (filled > 0) {
      write.accept(Arrays.copyOf(chunk, filled), next++);
      filled = 0;
    }
  }
}
