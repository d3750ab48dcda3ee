package io.r1platform.engine;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How to open an engine.
 *
 * @param model the GGUF file
 * @param maxSequences requests that run at the same time, 1 to 240
 * @param maxWaiting requests that wait beside them, 0 to 4,096
 * @param contextTokens longest prompt and output together, at most the model's; 0 = the model's
 * @param stepTokens tokens of one step over all requests, {@code maxSequences} to 8,192
 * @param chunkTokens tokens of one prompt in one step, 1 to {@code stepTokens}
 * @param threads computing threads, at most the cores; 0 = cores − 1, at least 1
 * @param ringEvents events the ring holds, to 1,048,576; at least 16 per sequence and 1 per waiting
 */
public record EngineOptions(
    Path model,
    int maxSequences,
    int maxWaiting,
    int contextTokens,
    int stepTokens,
    int chunkTokens,
    int threads,
    int ringEvents) {

  /** Checks the ranges. */
  public EngineOptions {
    Objects.requireNonNull(model, "model");
    range("maxSequences", maxSequences, 1, 240);
    range("maxWaiting", maxWaiting, 0, 4_096);
    range("contextTokens", contextTokens, 0, Integer.MAX_VALUE / 240);
    range("stepTokens", stepTokens, maxSequences, 8_192);
    range("chunkTokens", chunkTokens, 1, stepTokens);
    range("threads", threads, 0, 1_024);
    range(
        "ringEvents",
        ringEvents,
        EventBuffer.EVENTS_PER_TOKEN_MAX * maxSequences + maxWaiting,
        1 << 20);
  }

  /** 16 sequences, 64 waiting, the model's context, one core left to others. */
  public static EngineOptions defaults(Path model) {
    return new EngineOptions(model, 16, 64, 0, 512, 256, 0, 65_536);
  }

  /** The same with other limits of requests. */
  public EngineOptions withRequests(int running, int waiting) {
    return new EngineOptions(
        model, running, waiting, contextTokens, stepTokens, chunkTokens, threads, ringEvents);
  }

  /** The same with another context length. */
  public EngineOptions withContextTokens(int tokens) {
    return new EngineOptions(
        model, maxSequences, maxWaiting, tokens, stepTokens, chunkTokens, threads, ringEvents);
  }

  /** The same with another number of computing threads. */
  public EngineOptions withThreads(int count) {
    return new EngineOptions(
        model, maxSequences, maxWaiting, contextTokens, stepTokens, chunkTokens, count, ringEvents);
  }

  private static void range(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", is " + value);
    }
  }
}
