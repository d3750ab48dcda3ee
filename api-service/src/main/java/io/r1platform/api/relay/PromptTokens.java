package io.r1platform.api.relay;

import io.r1platform.api.prices.Tokens;
import org.jspecify.annotations.Nullable;

/** Prompt tokens as the engine announces them with the head of its reply. */
record PromptTokens(int hit, int miss) {
  static final String HEADER = "x-r1-prompt-tokens";
  private static final PromptTokens UNKNOWN = new PromptTokens(0, 0);

  static PromptTokens of(EngineClient.@Nullable Head head) {
    return parse(head == null ? null : head.headers().getFirst(HEADER));
  }

  /** Reads {@code hit,miss}. */
  static PromptTokens parse(@Nullable String value) {
    if (value == null || !value.matches("\\d{1,9},\\d{1,9}")) {
      return UNKNOWN;
    }
    int comma = value.indexOf(',');
    return new PromptTokens(
        Integer.parseInt(value.substring(0, comma)), Integer.parseInt(value.substring(comma + 1)));
  }

  int input() {
    return hit + miss;
  }

  Tokens with(ReplyReader.Seen seen) {
    return new Tokens(hit, miss, seen.reasoning(), seen.answer());
  }
}
