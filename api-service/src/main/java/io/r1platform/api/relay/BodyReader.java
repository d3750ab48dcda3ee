package io.r1platform.api.relay;

import io.r1platform.api.metering.Finish;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a reply that is one JSON object. Empty lines before it, which keep the connection alive, go
 * on at once; a blank says that there is a first token, and goes no further; the object is held
 * until it is whole.
 */
final class BodyReader implements ReplyReader {
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final JsonMapper json;
  private final int limit;
  private final int status;
  private final @Nullable String retryAfter;
  private boolean started;

  BodyReader(JsonMapper json, int limit, int status, @Nullable String retryAfter) {
    this.json = json;
    this.limit = limit;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  @Override
  public Step read(byte[] bytes) {
    if (status == HttpStatus.OK.value() && body.size() == 0) {
      int blanks = count(bytes, ' ');
      if (blanks + count(bytes, '\n') == bytes.length) {
        started |= blanks > 0;
        return blanks == 0
            ? new Step(bytes, null)
            : blanks == bytes.length
                ? Step.MORE
                : new Step(emptyLines(bytes.length - blanks), null);
      }
    }
    body.writeBytes(bytes);
    return body.size() > limit ? new Step(null, broken()) : Step.MORE;
  }

  @Override
  public End closed() {
    byte[] bytes = body.toByteArray();
    if (status != HttpStatus.OK.value()) {
      return EngineErrors.refused(status, bytes, retryAfter, json);
    }
    EngineReport report = EngineReport.read(bytes, json);
    if (report == null || report.body().has("error")) {
      return bytes.length == 0 ? broken() : EngineErrors.inside(bytes, json);
    }
    return new Counted(report);
  }

  @Override
  public boolean hasStarted() {
    return started;
  }

  /** Some of it is computed: another engine would compute it again. */
  @Override
  public boolean hasBegun() {
    return started;
  }

  @Override
  public Seen seen() {
    return Seen.NOTHING;
  }

  private static Errored broken() {
    return new Errored(Finish.ENGINE_ERROR, EngineErrors.failed(), null);
  }

  private static int count(byte[] bytes, char wanted) {
    int found = 0;
    for (byte each : bytes) {
      found += each == wanted ? 1 : 0;
    }
    return found;
  }

  private static byte[] emptyLines(int count) {
    byte[] lines = new byte[count];
    Arrays.fill(lines, (byte) '\n');
    return lines;
  }
}
