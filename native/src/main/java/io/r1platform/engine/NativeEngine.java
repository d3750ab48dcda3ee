package io.r1platform.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The native engine behind its handle: a slot and a generation in a table of 64, never a pointer. A
 * method converts, makes one call and maps its status.
 */
final class NativeEngine {
  private static final int ABI_VERSION = 2;
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
    int[] sizes = {
      options.maxSequences(),
      options.maxWaiting(),
      options.contextTokens(),
      options.stepTokens(),
      options.chunkTokens(),
      options.threads(),
      options.ringEvents()
    };
    long[] handle = new long[1];
    int status =
        create(utf8("llamacpp"), utf8(options.model()), utf8(libraryDirectory), sizes, handle);
    if (status == TOO_MANY_OPEN) {
      throw new EngineException(EngineStatus.TOO_LARGE, "64 engines are open already");
    }
    if (status != 0) {
      throw exception(status, 0);
    }
    return new NativeEngine(handle[0]);
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
        model.getLong(56));
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

  void submit(GenerationRequest request) {
    var deadline = request.deadline();
    long deadlineMicros = deadline == null ? 0 : Math.max(1, deadline.toNanos() / 1_000);
    Sampling sampling = request.sampling();
    check(
        submit(
            handle,
            request.id(),
            request.promptIds(),
            request.stopIds(),
            request.maxTokens(),
            request.minTokens(),
            request.ignoreEnd() ? 1 : 0,
            request.priority(),
            sampling.seed(),
            request.cacheSalt(),
            deadlineMicros,
            sampling.temperature(),
            sampling.topP(),
            sampling.minP(),
            sampling.topK()));
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
    return new EngineStats(
        (int) numbers[0],
        (int) numbers[1],
        numbers[2],
        numbers[3],
        numbers[7],
        numbers[6],
        numbers[8],
        numbers[11],
        numbers[12],
        numbers[13]);
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
      byte[] backend, byte[] modelPath, byte[] libraryDirectory, int[] sizes, long[] handle);

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
      int maxTokens,
      int minTokens,
      int flags,
      int priority,
      long seed,
      long cacheSalt,
      long deadlineMicros,
      float temperature,
      float topP,
      float minP,
      int topK);

  private static native int cancel(long handle, long requestId);

  private static native int poll(long handle, ByteBuffer events, int capacity, int timeoutMillis);

  private static native int stats(long handle, long[] numbers);

  private static native int drain(long handle, long graceMicros);

  private static native void destroy(long handle);

  private static native int lastError(long handle, byte[] text);
}
