package io.r1platform.api.batches;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Lines of the output and of the error file, each with its end of line. */
final class OutputLine {
  private OutputLine() {}

  /** A request that was answered, well or not. {@code body} is one JSON object. */
  static byte[] answered(UUID eventId, String customId, int status, byte[] body) {
    var line = begin(eventId.toString().replace("-", ""), customId);
    text(line, "\"response\":{\"status_code\":" + status + ",\"request_id\":\"" + eventId);
    text(line, "\",\"body\":");
    line.writeBytes(body);
    text(line, "},\"error\":null}\n");
    return line.toByteArray();
  }

  /** A request without an answer; its name is null where that cannot be read any more. */
  static byte[] failed(String id, @Nullable String customId, String code, String message) {
    var line = begin(id, customId);
    text(line, "\"response\":null,\"error\":{\"code\":\"" + code + "\",\"message\":");
    line.writeBytes(quoted(message));
    text(line, "}}\n");
    return line.toByteArray();
  }

  private static ByteArrayOutputStream begin(String id, @Nullable String customId) {
    var line = new ByteArrayOutputStream();
    text(line, "{\"id\":\"batch_req_" + id + "\",\"custom_id\":");
    line.writeBytes(quoted(customId));
    text(line, ",");
    return line;
  }

  private static byte[] quoted(@Nullable String text) {
    return JsonMapper.shared().writeValueAsBytes(text);
  }

  private static void text(ByteArrayOutputStream line, String text) {
    line.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
