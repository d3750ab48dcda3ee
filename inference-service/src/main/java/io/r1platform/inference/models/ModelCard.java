package io.r1platform.inference.models;

/**
 * The model that is being served.
 *
 * @param name its name in requests
 * @param modelId its number in receipts
 * @param contextTokens longest prompt and output together
 * @param maxOutputTokens most that one request may generate
 * @param defaultMaxTokens what a request gets that asks for nothing
 * @param tokenizerSha256 identity of the tokenizer, hex
 * @param systemFingerprint changes with the model file and the engine build
 * @param createdEpochSeconds when it was loaded
 */
public record ModelCard(
    String name,
    int modelId,
    int contextTokens,
    int maxOutputTokens,
    int defaultMaxTokens,
    String tokenizerSha256,
    String systemFingerprint,
    long createdEpochSeconds) {}
