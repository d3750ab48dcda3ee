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

  private final Answer answer;
  private final int promptTokens;
  private final Set<Integer> roles = new HashSet<>();
  private boolean begun;
  private boolean headLeftEarly;
  private int reasoningTold = -1;

  /** Writes {@code answer}, whose prompt has so many tokens. */
  SseWriter(Answer answer, int promptTokens) {
    this.answer = answer;
    this.promptTokens = promptTokens;
  }

  @Override
  public MediaType mediaType() {
    return MediaType.TEXT_EVENT_STREAM;
  }

  @Override
  public byte[] delta(Signal.Delta delta) {
    String role = roles.add(delta.choice()) ? "assistant" : null;
    byte[] data =
        answer.chunk(
            delta.choice(),
            new Wire.Delta(
                role,
                orNull(delta.text().reasoning()),
                orNull(delta.text().answer()),
                answer.parts(delta.choice(), delta.text().calls())),
            delta.logprobs(),
            null);
    var out = new ByteArrayOutputStream(data.length + 64);
    tellPrompt(out, delta.cachedTokens());
    tellReasoning(out, delta.reasoningTokens(), delta.tokens());
    event(out, delta.tokens(), data);
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
        event(out, tokens, finish(only));
      }
      event(out, tokens, answer.usageChunk(ended));
      event(out, tokens, DONE);
    }
    return new Last(200, mediaType(), out.toByteArray());
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
    event(out, finished.tokens(), finish(finished));
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
    return answer.chunk(
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

  private static void event(ByteArrayOutputStream out, int tokens, byte[] data) {
    out.writeBytes(ascii("id: " + tokens + "\ndata: "));
    out.writeBytes(data);
    out.writeBytes(ascii("\n\n"));
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
