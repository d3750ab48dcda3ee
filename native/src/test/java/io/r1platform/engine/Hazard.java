package io.r1platform.engine;

import java.util.Set;

/** The rows of the table in docs/engine.md that input can reach. */
enum Hazard {
  LARGE_BATCH("more tokens in a batch than `n_batch`"),
  MANY_SEQUENCES("a sequence id beyond `n_seq_max`"),
  SHARED_PREFIX("copying a part of a sequence between streams"),
  METADATA(
      "metadata that its loader asserts on: expert groups, heads, a number for each layer, rope, norms, vocabulary"),
  WEIGHTS(
      "weights of a type that the processor cannot multiply with, or a vector that is not 32-bit floats"),
  ARCHITECTURE(
      "another architecture than `deepseek2`, `qwen2` and `llama`, R1's and the distills': heads of other shapes"),
  OTHER_KIND("an encoder, a diffusion model, no vocabulary"),
  NOT_UTF8("text that is not UTF-8"),
  LONG_WORD("`std::regex` recursing once per character of a long word"),
  UNKNOWN_ID("a prompt id outside the vocabulary"),
  GRAMMAR(
      "a grammar: end token too early, left recursion, deep nesting, exceptions through C, text on stderr"),
  COSTLY_SCHEMA("a schema whose translation is exponential, or as deep as its references"),
  COSTLY_CONSTRAINT("a constraint whose next token takes very long to find"),
  NO_NUMBERS("logits that are no numbers"),
  NO_CELLS("decode 1 or −1: no cells, a refused batch"),
  MANY_THREADS("as many threads as cores: waiting threads starve everything"),
  LONG_PIECE("a piece of more than 512 bytes"),
  AFTER_CLOSE("use after close, from another thread too");

  /** The rows that a dying backend or another machine reaches. */
  static final Set<String> NOT_OF_INPUT =
      Set.of(
          "decode below −1", "a build for newer processors: SIGILL", "C++ built for a newer glibc");

  private final String row;

  Hazard(String row) {
    this.row = row;
  }

  /** The row's first cell. */
  String row() {
    return row;
  }
}
