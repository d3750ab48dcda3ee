package io.r1platform.api.relay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream line by line without parsing its JSON: how many tokens have come, where
 * reasoning ended, and the one event that ends the stream and must not pass unseen. Only whole
 * events and leading comments are released, so a client never sees half of one.
 */
final class SseScanner {
  private static final byte[] ID = ascii("id:");
  private static final byte[] DATA = ascii("data:");
  private static final byte[] REASONING = ascii(": reasoning_tokens=");
  private static final byte[] PROMPT = ascii(": prompt_tokens=");
  private static final byte[] DONE = ascii("[DONE]");
  private static final byte[] ERROR = ascii("{\"error\"");
  private static final byte[] NO_CHOICES = ascii("\"choices\":[]");
  private static final int NONE = -1;

  private int outputTokens;
  private int reasoningTokens = NONE;
  private int toldReasoning = NONE;
  private @Nullable PromptTokens promptTokens;

  /** What an event that ends the stream is. */
  enum Kind {
    USAGE,
    ERROR,
    DONE
  }

  /** The event that ends the stream: its kind, and the bytes after {@code data:}. */
  record Last(Kind kind, String data) {}

  /**
   * What one look found.
   *
   * @param release how many bytes from the start may go to the client
   * @param last the event after them that ends the stream, null if there was none
   */
  record Scan(int release, @Nullable Last last) {}

  /** Output tokens in the whole events so far. */
  int outputTokens() {
    return outputTokens;
  }

  /** Reasoning tokens among them: all, until the stream said how many. */
  int reasoningTokens() {
    return reasoningTokens == NONE ? outputTokens : Math.min(reasoningTokens, outputTokens);
  }

  /** Prompt tokens as the stream told them; null where the reply's head did. */
  @Nullable PromptTokens promptTokens() {
    return promptTokens;
  }

  /**
   * Looks at bytes that begin where the last released byte ended. Bytes that were not released must
   * be given again, with more behind them.
   */
  Scan scan(ByteBuffer bytes) {
    int end = bytes.limit();
    int release = bytes.position();
    int lineStart = release;
    int id = NONE;
    boolean inEvent = false;
    Last last = null;
    for (int i = lineStart; i < end; i++) {
      if (bytes.get(i) != '\n') {
        continue;
      }
      int lineEnd = i > lineStart && bytes.get(i - 1) == '\r' ? i - 1 : i;
      if (lineEnd == lineStart) {
        if (last != null) {
          return new Scan(release - bytes.position(), last);
        }
        if (id != NONE) {
          outputTokens = id;
          reasoningTokens = toldReasoning;
        }
        id = NONE;
        inEvent = false;
        release = i + 1;
      } else if (bytes.get(lineStart) == ':') {
        readComment(bytes, lineStart, lineEnd);
        release = inEvent ? release : i + 1;
      } else if (startsWith(bytes, lineStart, lineEnd, ID)) {
        id = number(bytes, lineStart + ID.length, lineEnd);
        inEvent = true;
      } else {
        inEvent = true;
        if (startsWith(bytes, lineStart, lineEnd, DATA)) {
          Last found = last(bytes, lineStart + DATA.length, lineEnd);
          last = found == null ? last : found;
        }
      }
      lineStart = i + 1;
    }
    return new Scan(release - bytes.position(), null);
  }

  private void readComment(ByteBuffer bytes, int start, int end) {
    if (startsWith(bytes, start, end, REASONING)) {
      toldReasoning = number(bytes, start + REASONING.length, end); // as of the next event
    } else if (startsWith(bytes, start, end, PROMPT)) {
      byte[] text = new byte[end - start - PROMPT.length];
      bytes.get(start + PROMPT.length, text);
      promptTokens = PromptTokens.parse(new String(text, StandardCharsets.US_ASCII));
    }
  }

  private static @Nullable Last last(ByteBuffer bytes, int start, int end) {
    int from = start < end && bytes.get(start) == ' ' ? start + 1 : start;
    Kind kind = null;
    if (startsWith(bytes, from, end, DONE)) {
      kind = Kind.DONE;
    } else if (startsWith(bytes, from, end, ERROR)) {
      kind = Kind.ERROR;
    } else if (contains(bytes, from, end, NO_CHOICES)) {
      kind = Kind.USAGE;
    }
    if (kind == null) {
      return null;
    }
    byte[] data = new byte[end - from];
    bytes.get(from, data);
    return new Last(kind, new String(data, StandardCharsets.UTF_8));
  }

  private static int number(ByteBuffer bytes, int start, int end) {
    long value = 0;
    boolean digits = false;
    for (int i = start; i < end; i++) {
      byte b = bytes.get(i);
      if (b >= '0' && b <= '9' && value < Integer.MAX_VALUE) {
        value = 10 * value + (b - '0');
        digits = true;
      } else if (b != ' ' || digits) {
        return NONE;
      }
    }
    return digits && value <= Integer.MAX_VALUE ? (int) value : NONE;
  }

  private static boolean startsWith(ByteBuffer bytes, int start, int end, byte[] prefix) {
    if (end - start < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (bytes.get(start + i) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean contains(ByteBuffer bytes, int start, int end, byte[] wanted) {
    for (int i = start; i <= end - wanted.length; i++) {
      if (bytes.get(i) == wanted[0] && startsWith(bytes, i, end, wanted)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
