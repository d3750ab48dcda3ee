package io.r1platform.verifybill;

import io.r1platform.receipts.NotGenuine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A stretch of a file.
 *
 * @param channel of the file
 * @param name for messages
 * @param offset where it begins
 * @param size in bytes
 */
record Section(FileChannel channel, String name, long offset, long size) {
  private static final int CHUNK = 1 << 16;

  /**
   * All its bytes.
   *
   * @throws NotGenuine if there are more than {@code most}
   */
  byte[] all(int most) {
    if (size > most) {
      throw new NotGenuine("%s has %d bytes, more than %d".formatted(name, size, most));
    }
    byte[] bytes = new byte[(int) size];
    reader().take(ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** Its bytes one after the other. */
  Reader reader() {
    return new Reader(this);
  }

  /** Reads forward through a small buffer. */
  static final class Reader {
    private final Section section;
    private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK).limit(0);
    private long read;

    private Reader(Section section) {
      this.section = section;
    }

    /** How many bytes are left. */
    long left() {
      return section.size - read + buffer.remaining();
    }

    /**
     * Fills {@code to}.
     *
     * @throws NotGenuine if there are not as many
     */
    void take(ByteBuffer to) {
      while (to.hasRemaining()) {
        if (!buffer.hasRemaining()) {
          fill();
        }
        int count = Math.min(to.remaining(), buffer.remaining());
        to.put(buffer.slice(buffer.position(), count));
        buffer.position(buffer.position() + count);
      }
      to.flip();
    }

    private void fill() {
      long left = section.size - read;
      if (left == 0) {
        throw new NotGenuine(section.name + " ends too soon");
      }
      try {
        buffer.clear().limit((int) Math.min(CHUNK, left));
        while (buffer.hasRemaining()) {
          int count = section.channel.read(buffer, section.offset + read + buffer.position());
          if (count < 0) {
            throw new NotGenuine(section.name + " ends too soon");
          }
        }
        read += buffer.flip().remaining();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
