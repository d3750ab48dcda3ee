package io.r1platform.verifybill.tokens;

import io.r1platform.receipts.NotGenuine;

/** How a text is cut into words before merging; no token goes over a cut. */
@FunctionalInterface
interface SplitRule {
  /** Is told where a word ends. */
  @FunctionalInterface
  interface Cuts {
    /** A word ends before that code point. */
    void at(int end);
  }

  /** Cuts a text, given as code points, from left to right; the last cut is its end. */
  void split(int[] text, Cuts cuts);

  /**
   * The rule of a name in a GGUF file.
   *
   * @throws NotGenuine if it is not known here
   */
  static SplitRule named(String name) {
    return switch (name) {
      case "deepseek-v3" -> new DeepSeekRule();
      case "deepseek-r1-qwen", "qwen2" -> new QwenRule();
      default -> throw new NotGenuine("the model's split rule '%s' is not known".formatted(name));
    };
  }
}
