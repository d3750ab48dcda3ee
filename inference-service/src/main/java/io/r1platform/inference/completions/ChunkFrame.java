package io.r1platform.inference.completions;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A stream's chunk without its choice: what does not change from token to token is written once.
 */
final class ChunkFrame {
  private static final String NO_CHOICES = "\"choices\":[]";

  private final byte[] head;
  private final byte[] tail;

  private ChunkFrame(String head, String tail) {
    this.head = head.getBytes(StandardCharsets.UTF_8);
    this.tail = tail.getBytes(StandardCharsets.UTF_8);
  }

  /** Of the JSON of a chunk without choices. */
  static ChunkFrame of(String chunk) {
    int end = chunk.lastIndexOf(NO_CHOICES) + NO_CHOICES.length() - 1; // no string can hold it
    return new ChunkFrame(chunk.substring(0, end), chunk.substring(end));
  }

  /** In bytes. */
  int length() {
    return head.length + tail.length;
  }

  /** The whole chunk, with the JSON of its choice. */
  void write(ByteArrayOutputStream out, byte[] choice) {
    out.writeBytes(head);
    out.writeBytes(choice);
    out.writeBytes(tail);
  }
}
