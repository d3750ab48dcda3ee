package io.r1platform.api.relay;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * The client's bytes, unchanged, in memory that {@link Bodies} counts. It belongs to the exchange
 * until a run takes it, and is freed once, by whom it belongs to.
 */
final class RequestBody {
  private static final byte[] NOTHING = {};
  private static final int FIRST = 4 << 10;

  /** Up to here the announced length is believed before its bytes have come. */
  private static final int BELIEVED = 64 << 10;

  private final Bodies bodies;
  private final int most;
  private final long announced;
  private byte[] bytes = NOTHING;
  private int length;
  private boolean taken;
  private boolean freed;

  RequestBody(Bodies bodies, int most, long announced) {
    this.bodies = bodies;
    this.most = most;
    this.announced = announced;
  }

  /**
   * Adds what has come. Takes the buffer over. Fails with {@link DataBufferLimitException} if the
   * body is larger than one may be, with 503 if there is no room beside the others.
   */
  synchronized void add(DataBuffer buffer) {
    try {
      int more = buffer.readableByteCount();
      if (more > most - length) {
        throw new DataBufferLimitException("a body of more than " + most + " bytes");
      }
      if (!freed) {
        makeRoom(length + more);
        buffer.read(bytes, length, more);
        length += more;
      }
    } finally {
      DataBufferUtils.release(buffer);
    }
  }

  private void makeRoom(int needed) {
    if (needed > bytes.length) {
      int larger = capacity(needed);
      bodies.reserve(larger - bytes.length);
      bytes = Arrays.copyOf(bytes, larger);
    }
  }

  /** Doubles, so that single bytes cost no more than large pieces; stops at what was announced. */
  private int capacity(int needed) {
    long doubled = Math.min(most, Math.max(FIRST, 2L * bytes.length));
    if (announced >= needed) {
      doubled = announced <= BELIEVED ? announced : Math.min(announced, doubled);
    }
    return (int) Math.max(needed, doubled);
  }

  /** How many bytes have come, also after they are freed. */
  synchronized int length() {
    return length;
  }

  /** The bytes, not to be changed; none once they are freed. */
  synchronized ByteBuffer content() {
    return ByteBuffer.wrap(bytes, 0, freed ? 0 : length);
  }

  /** For a run, which frees it. False if the client has left already. */
  synchronized boolean take() {
    taken = !freed;
    return taken;
  }

  /** The exchange is over: frees what no run has taken. */
  synchronized void abandon() {
    if (!taken) {
      free();
    }
  }

  /** Nobody needs the bytes any more. Later calls do nothing. */
  synchronized void free() {
    if (!freed) {
      freed = true;
      bodies.release(bytes.length);
      bytes = NOTHING;
    }
  }
}
