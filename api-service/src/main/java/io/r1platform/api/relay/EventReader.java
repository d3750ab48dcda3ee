package io.r1platform.api.relay;

import io.r1platform.api.metering.Finish;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads an event stream. Bytes that end between two events, as nearly all do, go on as they are.
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
  public Step read(byte[] bytes) {
    byte[] all = bytes;
    if (held.length > 0) {
      all = Arrays.copyOf(held, held.length + bytes.length);
      System.arraycopy(bytes, 0, all, held.length, bytes.length);
    }
    SseScanner.Scan scan = scanner.scan(ByteBuffer.wrap(all));
    End end = end(scan.last());
    int whole = scan.release();
    if (whole == all.length) {
      held = NOTHING;
      return new Step(all, end);
    }
    held = Arrays.copyOfRange(all, whole, all.length);
    return new Step(whole == 0 ? null : Arrays.copyOf(all, whole), overfull(end));
  }

  @Override
  public End closed() {
    return new Errored(Finish.ENGINE_ERROR, EngineErrors.failed(), null);
  }

  @Override
  public boolean isStream() {
    return true;
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
