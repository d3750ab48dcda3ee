package io.r1platform.inference.models;

import java.util.List;

/**
 * A model that is being served.
 *
 * @param name its name in requests
 * @param modelId its number in receipts
 * @param contextTokens longest prompt and output together
 * @param maxOutputTokens most that one request may generate
 * @param defaultMaxTokens what a request gets that asks for nothing
 * @param tokenizerSha256 identity of the tokenizer, hex
 * @param systemFingerprint changes with the model file and the engine build
 * @param createdEpochSeconds when it was loaded
 * @param backend what computes it, with its version
 * @param simulated whether its tokens mean nothing and are never invoiced
 * @param capabilities what requests can ask beyond chat, as in {@code json_schema}
 */
public record ModelCard(
    String name,
    int modelId,
    int contextTokens,
    int maxOutputTokens,
    int defaultMaxTokens,
    String tokenizerSha256,
    String systemFingerprint,
    long createdEpochSeconds,
    String backend,
    boolean simulated,
    List<String> capabilities) {
  /** Takes a copy. */
  public ModelCard {
    capabilities = List.copyOf(capabilities);
  }
}
