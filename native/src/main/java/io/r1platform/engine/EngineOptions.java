package io.r1platform.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * How to open an engine.
 *
 * @param backend what computes
 * @param model the GGUF file; the checkpoint's directory of TRTLLM; the preset of SIM, such as
 *     {@code r1-8xb200}
 * @param backendJson the backend's own settings, at most 64 KiB of UTF-8; empty = none
 * @param sizes limits and sizes
 * @param prefixCache whether requests of equal salt share computed prompt prefixes
 * @param flashAttention whether it is used where the backend has it; never with F32 weights
 * @param allowSimulated else SIM is refused, as its tokens mean nothing
 * @param memoryBytesMax for the cache of keys and values; 0 = what is free
 */
public record EngineOptions(
    Backend backend,
    Path model,
    String backendJson,
    Sizes sizes,
    boolean prefixCache,
    boolean flashAttention,
    boolean allowSimulated,
    long memoryBytesMax) {
  private static final int JSON_BYTES_MAX = 64 << 10;

  /** What computes; each is a shared library of its own, but for SIM. */
  public enum Backend {
    /** A GGUF file on this machine's processor. */
    LLAMACPP("llamacpp", 240),
    /** A Hugging Face checkpoint on NVIDIA GPUs by TensorRT-LLM, once per process. */
    TRTLLM("trtllm", 8_192),
    /** Deterministic tokens at the pace of a published system, for load tests only. */
    SIM("sim", 8_192);

    private final String code;
    private final int sequencesMax;

    Backend(String code, int sequencesMax) {
      this.code = code;
      this.sequencesMax = sequencesMax;
    }

    /** Its name in {@code r1_engine.h}. */
    String code() {
      return code;
    }
  }

  /**
   * Limits and sizes.
   *
   * @param maxSequences requests that run at the same time: 1 to 240 on LLAMACPP, else to 8,192
   * @param maxWaiting requests that wait beside them, 0 to 4,096
   * @param contextTokens longest prompt and output together, at most the model's; 0 = the model's
   * @param stepTokens tokens of one step over all requests, {@code maxSequences} to 8,192
   * @param chunkTokens tokens of one prompt in one step, 1 to {@code stepTokens}
   * @param threads computing threads, at most the cores; 0 = cores − 1, at least 1
   * @param ringEvents events the ring holds, to 1,048,576; at least 16 per sequence, 1 per waiting
   *     request, and 1
   */
  public record Sizes(
      int maxSequences,
      int maxWaiting,
      int contextTokens,
      int stepTokens,
      int chunkTokens,
      int threads,
      int ringEvents) {
    private static final int CONTEXT_MAX = Integer.MAX_VALUE / 240;

    /** Checks the ranges. */
    public Sizes {
      range("maxSequences", maxSequences, 1, 8_192);
      range("maxWaiting", maxWaiting, 0, 4_096);
      range("contextTokens", contextTokens, 0, CONTEXT_MAX);
      range("stepTokens", stepTokens, maxSequences, 8_192);
      range("chunkTokens", chunkTokens, 1, stepTokens);
      range("threads", threads, 0, 1_024);
      range("ringEvents", ringEvents, ringEventsMin(maxSequences, maxWaiting), 1 << 20);
    }

    /** The smallest ring for so many requests: the events of one step. */
    static int ringEventsMin(int running, int waiting) {
      return EventBuffer.EVENTS_PER_TOKEN_MAX * running + waiting + 1;
    }
  }

  /** Checks the ranges. */
  public EngineOptions {
    Objects.requireNonNull(model, "model");
    range("maxSequences", sizes.maxSequences(), 1, backend.sequencesMax);
    if (backendJson.getBytes(StandardCharsets.UTF_8).length > JSON_BYTES_MAX) {
      throw new IllegalArgumentException("backendJson must be at most 64 KiB");
    }
    if (backendJson.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("backendJson has no U+0000");
    }
    if (memoryBytesMax < 0) {
      throw new IllegalArgumentException("memoryBytesMax must not be negative");
    }
  }

  /** A GGUF file: 16 sequences, 64 waiting, the model's context, one core left to others. */
  public static EngineOptions defaults(Path model) {
    return of(Backend.LLAMACPP, model);
  }

  /** The same for any backend. */
  public static EngineOptions of(Backend backend, Path model) {
    var sizes = new Sizes(16, 64, 0, 512, 256, 0, 65_536);
    return new EngineOptions(backend, model, "", sizes, true, true, false, 0);
  }

  /** The same with other limits of requests; step and ring grow to hold them. */
  public EngineOptions withRequests(int running, int waiting) {
    return with(
        new Sizes(
            running,
            waiting,
            sizes.contextTokens,
            Math.max(sizes.stepTokens, running),
            sizes.chunkTokens,
            sizes.threads,
            Math.max(sizes.ringEvents, Sizes.ringEventsMin(running, waiting))));
  }

  /** The same with another context length. */
  public EngineOptions withContextTokens(int tokens) {
    return with(
        new Sizes(
            sizes.maxSequences,
            sizes.maxWaiting,
            tokens,
            sizes.stepTokens,
            sizes.chunkTokens,
            sizes.threads,
            sizes.ringEvents));
  }

  /** The same with another number of computing threads. */
  public EngineOptions withThreads(int count) {
    return with(
        new Sizes(
            sizes.maxSequences,
            sizes.maxWaiting,
            sizes.contextTokens,
            sizes.stepTokens,
            sizes.chunkTokens,
            count,
            sizes.ringEvents));
  }

  /** The same with other sizes. */
  public EngineOptions with(Sizes other) {
    return new EngineOptions(
        backend,
        model,
        backendJson,
        other,
        prefixCache,
        flashAttention,
        allowSimulated,
        memoryBytesMax);
  }

  /** The same with the backend's own settings. */
  public EngineOptions withBackendJson(String json) {
    return new EngineOptions(
        backend, model, json, sizes, prefixCache, flashAttention, allowSimulated, memoryBytesMax);
  }

  /** The same, with simulation allowed or not. */
  public EngineOptions withSimulation(boolean allowed) {
    return new EngineOptions(
        backend, model, backendJson, sizes, prefixCache, flashAttention, allowed, memoryBytesMax);
  }

  /** The same, with so many bytes at most for the cache of keys and values. */
  public EngineOptions withMemoryBytesMax(long bytes) {
    return new EngineOptions(
        backend, model, backendJson, sizes, prefixCache, flashAttention, allowSimulated, bytes);
  }

  /** The same without flash attention or the prefix cache. */
  public EngineOptions withFeatures(boolean sharing, boolean flash) {
    return new EngineOptions(
        backend, model, backendJson, sizes, sharing, flash, allowSimulated, memoryBytesMax);
  }

  private static void range(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", is " + value);
    }
  }
}
