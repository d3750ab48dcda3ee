package io.r1platform.api.relay;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Leaves out of an event stream what its client has already. */
final class ResumedEvents {
  private static final byte[] ID = "id:".getBytes(StandardCharsets.US_ASCII);

  /** Stands in every event that carries tokens, and in no text: a quote in a text is escaped. */
  private static final byte[] GOES_ON =
      "\"finish_reason\":null".getBytes(StandardCharsets.US_ASCII);

  private ResumedEvents() {}

  /**
   * Whole events and comments without the events that carry tokens up to {@code after}. Comments,
   * finish, usage and the end mark always stay.
   */
  static byte[] after(byte[] bytes, int after) {
    var out = new ByteArrayOutputStream(bytes.length);
    int event = -1;
    int id = 0;
    boolean goesOn = false;
    int line = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '\n') {
        continue;
      }
      int next = i + 1;
      if (event < 0 && (i == line || bytes[line] == ':')) {
        out.write(bytes, line, next - line);
      } else if (i == line) {
        if (!goesOn || id > after) {
          out.write(bytes, event, next - event);
        }
        event = -1;
      } else {
        if (event < 0) {
          event = line;
          id = 0;
          goesOn = false;
        }
        if (startsWith(bytes, line, ID)) {
          id = number(bytes, line + ID.length, i);
        }
        goesOn |= contains(bytes, line, i);
      }
      line = next;
    }
    int rest = event < 0 ? line : event;
    out.write(bytes, rest, bytes.length - rest);
    return out.toByteArray();
  }

  private static int number(byte[] bytes, int start, int end) {
    String text = new String(bytes, start, end - start, StandardCharsets.US_ASCII).strip();
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : Integer.MAX_VALUE;
  }

  private static boolean contains(byte[] bytes, int start, int end) {
    for (int i = start; i <= end - GOES_ON.length; i++) {
      if (bytes[i] == GOES_ON[0] && startsWith(bytes, i, GOES_ON)) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsWith(byte[] bytes, int at, byte[] wanted) {
    if (bytes.length - at < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (bytes[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
