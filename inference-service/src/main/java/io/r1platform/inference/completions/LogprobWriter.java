package io.r1platform.inference.completions;

import io.r1platform.inference.generation.GenerationEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Logprobs in OpenAI's shape; a token that is no whole character shows U+FFFD and its bytes. */
final class LogprobWriter {
  /** What JSON can say of a token that cannot come. */
  private static final float LEAST = -9_999;

  private LogprobWriter() {}

  static Wire.@Nullable Logprobs of(Signal.Logprobs logprobs) {
    return logprobs.isEmpty()
        ? null
        : new Wire.Logprobs(all(logprobs.answer()), all(logprobs.reasoning()));
  }

  /** The same in the shape of raw completions. */
  static Wire.@Nullable TextLogprobs raw(Wire.@Nullable Logprobs logprobs) {
    if (logprobs == null) {
      return null;
    }
    List<Wire.TokenLogprob> tokens = logprobs.content();
    return new Wire.TextLogprobs(
        tokens.stream().map(Wire.TokenLogprob::token).toList(),
        tokens.stream().map(Wire.TokenLogprob::logprob).toList(),
        tokens.stream().map(LogprobWriter::byText).toList());
  }

  private static Map<String, Float> byText(Wire.TokenLogprob token) {
    var alternatives = new LinkedHashMap<String, Float>();
    token.topLogprobs().forEach(top -> alternatives.putIfAbsent(top.token(), top.logprob()));
    return alternatives;
  }

  private static List<Wire.TokenLogprob> all(List<GenerationEvent.Token> tokens) {
    return tokens.stream().map(LogprobWriter::one).toList();
  }

  private static Wire.TokenLogprob one(GenerationEvent.Token token) {
    return new Wire.TokenLogprob(
        text(token.piece()),
        finite(token.logprob()),
        bytes(token.piece()),
        token.alternatives().stream()
            .map(
                other ->
                    new Wire.TopLogprob(
                        text(other.piece()), finite(other.logprob()), bytes(other.piece())))
            .toList());
  }

  private static float finite(float logprob) {
    return Math.max(LEAST, logprob);
  }

  private static String text(byte[] piece) {
    return new String(piece, StandardCharsets.UTF_8);
  }

  private static List<Integer> bytes(byte[] piece) {
    var bytes = new ArrayList<Integer>(piece.length);
    for (byte b : piece) {
      bytes.add(Byte.toUnsignedInt(b));
    }
    return bytes;
  }
}
