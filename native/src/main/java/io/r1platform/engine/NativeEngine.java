package io.r1platform.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The native engine behind its handle: a slot and a generation in a table of 64, never a pointer. A
 * method converts, makes one call and maps its status.
 */
final class NativeEngine {
  private static final int ABI_VERSION = 4;
  private static final int CLOSED = 100;
  private static final int TOO_MANY_OPEN = 101;
  private static final int LAST_ERROR_BYTES = 1_024;
  private static final int MODEL_BYTES = 512;
  private static final int TEXT_BYTES_MAX = 2 << 20;

  private final long handle;
  private volatile boolean closedByOwner;

  private NativeEngine(long handle) {
    this.handle = handle;
  }

  static NativeEngine create(EngineOptions options, Path libraryDirectory) {
    if (abiVersion() != ABI_VERSION) {
      throw new EngineException(
          EngineStatus.ABI, "native library " + abiVersion() + ", classes " + ABI_VERSION);
    }
    long[] handle = new long[1];
    int status =
        create(
            utf8(options.backend().code()),
            utf8(options.model()),
            utf8(libraryDirectory),
            utf8(options.backendJson()),
            numbers(options),
            handle);
    if (status == TOO_MANY_OPEN) {
      throw new EngineException(EngineStatus.TOO_LARGE, "64 engines are open already");
    }
    if (status != 0) {
      throw exception(status, 0);
    }
    return new NativeEngine(handle[0]);
  }

  /** In the order of {@code r1_options}. */
  private static long[] numbers(EngineOptions options) {
    EngineOptions.Sizes sizes = options.sizes();
    int flags =
        (options.prefixCache() ? 1 : 0)
            | (options.flashAttention() ? 2 : 0)
            | (options.allowSimulated() ? 4 : 0);
    return new long[] {
      sizes.maxSequences(),
      sizes.maxWaiting(),
      sizes.contextTokens(),
      sizes.stepTokens(),
      sizes.chunkTokens(),
      sizes.threads(),
      sizes.ringEvents(),
      flags,
      options.memoryBytesMax()
    };
  }

  void markClosedByOwner() {
    closedByOwner = true;
  }

  boolean closedByOwner() {
    return closedByOwner;
  }

  void destroy() {
    destroy(handle);
  }

  EngineState state(int waitMillis) {
    int[] state = new int[3];
    check(state(handle, waitMillis, state));
    EngineState.Phase phase = EngineState.Phase.ofCode(state[0]);
    String message = phase == EngineState.Phase.FAILED ? lastErrorText(handle) : "";
    return new EngineState(phase, Float.intBitsToFloat(state[2]), message);
  }

  /** Why the engine failed. */
  EngineException failure(EngineState state) {
    int[] numbers = new int[3];
    check(state(handle, 0, numbers));
    return new EngineException(EngineStatus.ofCode(numbers[1]), state.message());
  }

  ModelInfo model() {
    byte[] bytes = new byte[MODEL_BYTES];
    check(model(handle, bytes));
    ByteBuffer model = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> endIds = new ArrayList<>();
    for (int i = 0; i < model.getInt(32); i++) {
      endIds.add(model.getInt(64 + 4 * i));
    }
    return new ModelInfo(
        text(bytes, 320, 128),
        text(bytes, 448, 64),
        text(bytes, 128, 72),
        text(bytes, 200, 56),
        text(bytes, 256, 64),
        model.getInt(0),
        model.getInt(4),
        model.getInt(8),
        model.getInt(12),
        model.getInt(16),
        model.getInt(20),
        model.getInt(24),
        endIds,
        model.getLong(40),
        model.getLong(48),
        model.getLong(56),
        model.getInt(36) != 0,
        ModelInfo.Feature.ofBits(model.getInt(28)));
  }

  int[] tokenize(byte[] text) {
    if (text.length > TEXT_BYTES_MAX) {
      throw new EngineException(
          EngineStatus.TOO_LARGE, "text of " + text.length + " bytes, limit " + TEXT_BYTES_MAX);
    }
    int[] ids = new int[Math.max(16, text.length)];
    int[] needed = new int[1];
    int status = tokenize(handle, text, ids, needed);
    if (EngineStatus.TOO_LARGE.is(status) && needed[0] > ids.length) {
      ids = new int[needed[0]];
      status = tokenize(handle, text, ids, needed);
    }
    check(status);
    return Arrays.copyOf(ids, needed[0]);
  }

  byte[] detokenize(int[] ids) {
    byte[] text = new byte[Math.max(64, Math.min(ids.length, 1 << 20) * 8)];
    int[] needed = new int[1];
    int status = detokenize(handle, ids, text, needed);
    if (EngineStatus.TOO_LARGE.is(status) && needed[0] > text.length) {
      text = new byte[needed[0]];
      status = detokenize(handle, ids, text, needed);
    }
    check(status);
    return Arrays.copyOf(text, needed[0]);
  }

  int tokenId(byte[] piece) {
    int[] id = new int[1];
    int status = tokenId(handle, piece, id);
    if (EngineStatus.NOT_FOUND.is(status)) {
      return -1;
    }
    check(status);
    return id[0];
  }

  void submit(GenerationRequest request, SentConstraint constraint) {
    Sampling sampling = request.sampling();
    int[] biasIds = new int[sampling.bias().size()];
    float[] biases = new float[biasIds.length];
    int next = 0;
    for (Map.Entry<Integer, Float> bias : sampling.bias().entrySet()) {
      biasIds[next] = bias.getKey();
      biases[next++] = bias.getValue();
    }
    check(
        submit(
            handle,
            request.id(),
            request.promptIds(),
            request.stopIds(),
            numbers(request, constraint),
            factors(sampling),
            biasIds,
            biases,
            utf8(constraint.text())));
  }

  private static long[] numbers(GenerationRequest request, SentConstraint constraint) {
    Duration deadline = request.deadline();
    boolean logprobs = request.topLogprobs() != GenerationRequest.NO_LOGPROBS;
    return new long[] {
      (request.ignoreEnd() ? 1 : 0) | (logprobs ? 2 : 0) | (request.mayEndFirst() ? 4 : 0),
      request.maxTokens(),
      request.minTokens(),
      request.priority(),
      request.sampling().seed(),
      request.cacheSalt(),
      deadline == null ? 0 : Math.max(1, deadline.toNanos() / 1_000),
      request.sampling().topK(),
      Math.max(0, request.topLogprobs()),
      constraint.kind(),
      request.constraintAfterId()
    };
  }

  private static float[] factors(Sampling sampling) {
    Sampling.Penalties penalties = sampling.penalties();
    return new float[] {
      sampling.temperature(),
      sampling.topP(),
      sampling.minP(),
      penalties.repetition(),
      penalties.presence(),
      penalties.frequency()
    };
  }

  boolean cancel(long requestId) {
    int status = cancel(handle, requestId);
    if (EngineStatus.NOT_FOUND.is(status)) {
      return false;
    }
    check(status);
    return true;
  }

  /** Returns how many records came. */
  int poll(EventBuffer events, int timeoutMillis) {
    int result = poll(handle, events.bytes(), events.capacity(), timeoutMillis);
    if (result < 0) {
      check(-result);
    }
    return result;
  }

  EngineStats stats() {
    long[] numbers = new long[17];
    check(stats(handle, numbers));
    return EngineStats.of(numbers);
  }

  void drain(long graceMicros) {
    check(drain(handle, graceMicros));
  }

  private void check(int status) {
    if (status != 0) {
      throw exception(status, handle);
    }
  }

  private static RuntimeException exception(int status, long handle) {
    if (status == CLOSED) {
      return new IllegalStateException("the engine is closed");
    }
    return new EngineException(EngineStatus.ofCode(status), lastErrorText(handle));
  }

  private static String lastErrorText(long handle) {
    byte[] text = new byte[LAST_ERROR_BYTES];
    int length = lastError(handle, text);
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  private static byte[] utf8(Object text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes, int offset, int capacity) {
    int length = 0;
    while (length < capacity && bytes[offset + length] != 0) {
      length++;
    }
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }

  private static native int abiVersion();

  private static native int create(
      byte[] backend,
      byte[] modelPath,
      byte[] libraryDirectory,
      byte[] backendJson,
      long[] numbers,
      long[] handle);

  private static native int state(long handle, int waitMillis, int[] state);

  private static native int model(long handle, byte[] model);

  private static native int tokenize(long handle, byte[] text, int[] ids, int[] needed);

  private static native int detokenize(long handle, int[] ids, byte[] text, int[] needed);

  private static native int tokenId(long handle, byte[] piece, int[] id);

  private static native int submit(
      long handle,
      long requestId,
      int[] promptIds,
      int[] stopIds,
      long[] numbers,
      float[] factors,
      int[] biasIds,
      float[] biases,
      byte[] constraint);

  private static native int cancel(long handle, long requestId);

  private static native int poll(long handle, ByteBuffer events, int capacity, int timeoutMillis);

  private static native int stats(long handle, long[] numbers);

  private static native int drain(long handle, long graceMicros);

  private static native void destroy(long handle);

  private static native int lastError(long handle, byte[] text);
}
