package io.r1platform.inference.models;

import java.util.List;

/**
 * What the engine says of a loaded model.
 *
 * @param backend the engine's backend and version, as in {@code llamacpp b6000}
 * @param fileSha256 of the model file, hex
 * @param tokenizerSha256 over every id in order: length of its piece as big-endian i32, the piece
 * @param contextTokens longest prompt and output together
 * @param simulated whether its tokens mean nothing
 * @param capabilities what requests can ask beyond chat
 */
public record ModelFacts(
    String backend,
    String fileSha256,
    String tokenizerSha256,
    int contextTokens,
    boolean simulated,
    List<String> capabilities) {
  /** Takes a copy. */
  public ModelFacts {
    capabilities = List.copyOf(capabilities);
  }
}
