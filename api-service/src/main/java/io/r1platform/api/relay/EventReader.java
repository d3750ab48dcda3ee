package io.r1platform.api.relay;

import io.r1platform.api.metering.Finish;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads an event stream. Buffers that end between two events, as nearly all do, go on as they are;
 * only the rest of a split one is copied.
 */
final class EventReader implements ReplyReader {
  private static final byte[] NOTHING = {};

  private final SseScanner scanner = new SseScanner();
  private final JsonMapper json;
  private final int limit;
  private byte[] held = NOTHING;

  EventReader(JsonMapper json, int limit) {
    this.json = json;
    this.limit = limit;
  }

  @Override
  public Step read(DataBuffer buffer) {
    if (held.length == 0) {
      try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
        if (!parts.hasNext()) {
          return dropped(buffer, null);
        }
        ByteBuffer part = parts.next();
        if (!parts.hasNext()) {
          return whole(buffer, scanner.scan(part));
        }
      }
    }
    return joined(buffer);
  }

  @Override
  public End closed() {
    return new Errored(Finish.ENGINE_ERROR, EngineErrors.failed(), null);
  }

  @Override
  public @Nullable PromptTokens promptTokens() {
    return scanner.promptTokens();
  }

  @Override
  public Seen seen() {
    int reasoning = scanner.reasoningTokens();
    return new Seen(reasoning, scanner.outputTokens() - reasoning);
  }

  private Step whole(DataBuffer buffer, SseScanner.Scan scan) {
    End end = end(scan.last());
    int length = buffer.readableByteCount();
    if (scan.release() == length) {
      return new Step(buffer, end);
    }
    DataBuffer pass = scan.release() == 0 ? null : buffer.split(scan.release());
    held = new byte[buffer.readableByteCount()];
    buffer.read(held);
    DataBufferUtils.release(buffer);
    return new Step(pass, overfull(end));
  }

  private Step joined(DataBuffer buffer) {
    byte[] all = Arrays.copyOf(held, held.length + buffer.readableByteCount());
    buffer.read(all, held.length, all.length - held.length);
    SseScanner.Scan scan = scanner.scan(ByteBuffer.wrap(all));
    DataBuffer pass =
        scan.release() == 0 ? null : buffer.factory().wrap(Arrays.copyOf(all, scan.release()));
    DataBufferUtils.release(buffer);
    held = Arrays.copyOfRange(all, scan.release(), all.length);
    return new Step(pass, overfull(end(scan.last())));
  }

  private static Step dropped(DataBuffer buffer, @Nullable End end) {
    DataBufferUtils.release(buffer);
    return new Step(null, end);
  }

  private @Nullable End overfull(@Nullable End end) {
    return end == null && held.length > limit ? closed() : end;
  }

  private @Nullable End end(SseScanner.@Nullable Last last) {
    if (last == null) {
      return null;
    }
    return switch (last.kind()) {
      case USAGE -> {
        EngineReport report = EngineReport.read(bytes(last), json);
        yield report == null ? closed() : new Counted(report);
      }
      case ERROR -> EngineErrors.inside(bytes(last), json);
      case DONE -> closed();
    };
  }

  private static byte[] bytes(SseScanner.Last last) {
    return last.data().getBytes(StandardCharsets.UTF_8);
  }
}
