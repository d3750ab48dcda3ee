package io.r1platform.inference.completions;

import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.prompts.OutputText;

/** What a response is written from. */
sealed interface Signal {
  /**
   * New text.
   *
   * @param tokens output tokens so far
   * @param text to append
   * @param reasoningTokens up to {@code </think>}, or 0 while it has not come
   * @param cachedTokens prompt tokens that came from the cache
   */
  record Delta(int tokens, OutputText.Text text, int reasoningTokens, int cachedTokens)
      implements Signal {}

  /**
   * The end.
   *
   * @param ended how it ended, with exact counts
   * @param reasoningEnded whether {@code </think>} came
   */
  record End(GenerationEvent.Ended ended, boolean reasoningEnded) implements Signal {}

  /** Time has passed. */
  record Tick() implements Signal {}
}
