package io.r1platform.inference.completions;

import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.prompts.OutputText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a response is written from. */
sealed interface Signal {
  /**
   * New text.
   *
   * @param choice its index
   * @param tokens output tokens so far, of all choices
   * @param text to append
   * @param logprobs of the tokens behind the text, where they are asked for
   * @param reasoningTokens those of them that are reasoning, up to {@code </think>}
   * @param cachedTokens prompt tokens that came from the cache
   */
  record Delta(
      int choice,
      int tokens,
      OutputText.Text text,
      Logprobs logprobs,
      int reasoningTokens,
      int cachedTokens)
      implements Signal {
    /** Of the only choice, without logprobs. */
    Delta(int tokens, OutputText.Text text, int reasoningTokens, int cachedTokens) {
      this(0, tokens, text, Logprobs.NONE, reasoningTokens, cachedTokens);
    }
  }

  /**
   * One of several choices is whole, or cut off; the only one ends with {@link End}.
   *
   * @param choice its index
   * @param tokens output tokens so far, of all choices
   * @param ended how it ended
   * @param reasoningTokens those of them that are reasoning
   * @param called whether it called a tool
   * @param logprobs of tokens that brought no text
   * @param cachedTokens prompt tokens that came from the cache, as the first token said
   */
  record Finished(
      int choice,
      int tokens,
      Ended ended,
      int reasoningTokens,
      boolean called,
      Logprobs logprobs,
      int cachedTokens)
      implements Signal {}

  /**
   * The end.
   *
   * @param ended how the request ended, with exact counts over all choices
   * @param only the end of its only choice; null where there are several
   */
  record End(Ended ended, @Nullable Finished only) implements Signal {
    /** Of an only choice with neither calls nor logprobs. */
    End(Ended ended) {
      this(
          ended,
          new Finished(
              0,
              ended.usage().output(),
              ended,
              ended.usage().reasoning(),
              /* called= */ false,
              Logprobs.NONE,
              ended.usage().promptHit()));
    }
  }

  /** Time has passed. */
  record Tick() implements Signal {}

  /**
   * Tokens with their logprobs.
   *
   * @param reasoning those of the reasoning
   * @param answer those of the answer
   */
  record Logprobs(List<GenerationEvent.Token> reasoning, List<GenerationEvent.Token> answer) {
    static final Logprobs NONE = new Logprobs(List.of(), List.of());

    boolean isEmpty() {
      return reasoning.isEmpty() && answer.isEmpty();
    }
  }
}
