package io.r1platform.api.contents;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One request while it runs. It holds memory from its beginning until {@link #end} or {@link #drop}
 * is called; what comes after that is ignored. Calls come one at a time, and never wait.
 */
public final class Recording {
  /** What a piece takes beside its bytes. */
  private static final long OVERHEAD = 48;

  private final Contents contents;
  private final Asked asked;
  private final byte[] request;
  private final List<byte[]> answer = new ArrayList<>();
  private long held;
  private boolean over;

  /**
   * What is recorded.
   *
   * @param path what it was posted to
   * @param streamed whether its answer is a stream
   * @param admittedAt when it was let in: its project must have opted in by then
   */
  public record Asked(
      long projectId, UUID eventId, String path, boolean streamed, Instant admittedAt) {}

  /** Copies the body, if there is room. */
  Recording(Contents contents, Asked asked, ByteBuffer body) {
    this.contents = contents;
    this.asked = asked;
    this.request = hold(body.remaining()) ? new byte[body.remaining()] : new byte[0];
    if (!over) {
      body.duplicate().get(request);
    }
  }

  /** Adds what was sent. The bytes must not change any more. */
  public void add(byte[] piece) {
    if (hold(piece.length)) {
      answer.add(piece);
    }
  }

  /** The answer is complete: it is written soon. */
  public void end(int status) {
    if (!over) {
      over = true;
      var content =
          new Content(asked.path(), request, status, asked.streamed(), List.copyOf(answer));
      contents.store(asked, content, held);
    }
  }

  /** There will be no answer, and nothing is stored. */
  public void drop() {
    if (!over) {
      over = true;
      contents.release(asked.projectId(), held);
    }
    answer.clear();
  }

  private boolean hold(int size) {
    if (over) {
      return false;
    }
    long more = size + OVERHEAD;
    if (contents.reserve(asked.projectId(), more, held + more)) {
      held += more;
      return true;
    }
    drop();
    return false;
  }
}
