package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * Writes a stream of events. Each has the number of output tokens behind its text as {@code id};
 * after the first one, a blank line only ever ends a block with {@code data}.
 */
final class SseWriter implements AnswerWriter {
  private static final byte[] KEEP_ALIVE = ascii(": keep-alive\n");
  private static final byte[] DONE = ascii("[DONE]");
  private static final byte[] BLANK = ascii("\n");
  private static final byte[] END = ascii("\n\n");

  /** For the lines around a chunk, comments included. */
  private static final int ROOM = 96;

  private final Answer answer;
  private final ChunkFrame frame;
  private final int promptTokens;
  private final Set<Integer> roles = new HashSet<>();
  private boolean begun;
  private boolean headLeftEarly;
  private int reasoningTold = -1;

  /** Writes {@code answer}, whose prompt has so many tokens. */
  SseWriter(Answer answer, int promptTokens) {
    this.answer = answer;
    this.frame = answer.frame();
    this.promptTokens = promptTokens;
  }

  @Override
  public MediaType mediaType() {
    return MediaType.TEXT_EVENT_STREAM;
  }

  @Override
  public byte[] delta(Signal.Delta delta) {
    String role = roles.add(delta.choice()) ? "assistant" : null;
    byte[] part =
        answer.choice(
            delta.choice(),
            new Wire.Delta(
                role,
                orNull(delta.text().reasoning()),
                orNull(delta.text().answer()),
                answer.parts(delta.choice(), delta.text().calls())),
            delta.logprobs(),
            null);
    var out = new ByteArrayOutputStream(frame.length() + part.length + ROOM);
    tellPrompt(out, delta.cachedTokens());
    tellReasoning(out, delta.reasoningTokens(), delta.tokens());
    chunk(out, delta.tokens(), part);
    return out.toByteArray();
  }

  /** Before the first event a block of its own; afterwards a line of the next block. */
  @Override
  public byte[] silence() {
    if (begun) {
      return KEEP_ALIVE.clone();
    }
    headLeftEarly = true;
    var out = new ByteArrayOutputStream(KEEP_ALIVE.length + 1);
    out.writeBytes(KEEP_ALIVE);
    out.writeBytes(BLANK);
    return out.toByteArray();
  }

  @Override
  public Last end(Signal.End end, boolean headLeft) {
    Ended ended = end.ended();
    ServiceException failure = ended.failure();
    if (failure != null && !headLeft) {
      return answer.refused(ended, failure, null);
    }
    var out = new ByteArrayOutputStream(1_024);
    int tokens = ended.usage().output();
    Signal.Finished only = end.only();
    tellReasoning(out, ended.usage().reasoning(), tokens);
    if (failure != null) {
      event(out, tokens, answer.failure(ended, failure, null));
    } else {
      if (only != null) {
        chunk(out, tokens, finish(only));
      }
      event(out, tokens, answer.usageChunk(ended));
      event(out, tokens, DONE);
    }
    return Last.good(mediaType(), out.toByteArray());
  }

  /** A choice that failed has no finish: the last event tells of it. */
  @Override
  public byte[] finished(Signal.Finished finished) {
    if (finished.ended().failure() != null) {
      return new byte[0];
    }
    var out = new ByteArrayOutputStream(512);
    tellPrompt(out, finished.cachedTokens());
    tellReasoning(out, finished.reasoningTokens(), finished.tokens());
    chunk(out, finished.tokens(), finish(finished));
    return out.toByteArray();
  }

  /** With the first event, if the head left before anybody knew what the cache held. */
  private void tellPrompt(ByteArrayOutputStream out, int hit) {
    if (headLeftEarly && !begun) {
      out.writeBytes(ascii(": prompt_tokens=" + hit + "," + (promptTokens - hit) + "\n"));
    }
    begun = true;
  }

  private byte[] finish(Signal.Finished finished) {
    String role = roles.add(finished.choice()) ? "assistant" : null;
    return answer.choice(
        finished.choice(),
        new Wire.Delta(role, null, null, null),
        finished.logprobs(),
        Answer.finishReason(finished));
  }

  /**
   * Whoever counts from the stream alone takes every token for reasoning until told otherwise. With
   * several choices the number grows; with one it is told once.
   */
  private void tellReasoning(ByteArrayOutputStream out, int reasoningTokens, int tokens) {
    if (reasoningTokens < tokens && reasoningTokens != reasoningTold) {
      reasoningTold = reasoningTokens;
      out.writeBytes(ascii(": reasoning_tokens=" + reasoningTokens + "\n"));
    }
  }

  private void chunk(ByteArrayOutputStream out, int tokens, byte[] choice) {
    begin(out, tokens);
    frame.write(out, choice);
    out.writeBytes(END);
  }

  private static void event(ByteArrayOutputStream out, int tokens, byte[] data) {
    begin(out, tokens);
    out.writeBytes(data);
    out.writeBytes(END);
  }

  private static void begin(ByteArrayOutputStream out, int tokens) {
    out.writeBytes(ascii("id: " + tokens + "\ndata: "));
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
