package io.r1platform.api.relay;

import io.r1platform.api.upstreams.UsageFigures.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What one chunk of a foreign server has of one choice.
 *
 * @param reasoning text, may be empty
 * @param text of the answer, may be empty
 * @param calls parts of tool calls
 * @param logprobs as they came
 * @param finish why it ended, in our words; null while it goes on
 * @param broken whether the server says that it failed
 */
record ForeignPiece(
    String reasoning,
    String text,
    List<JsonNode> calls,
    @Nullable JsonNode logprobs,
    @Nullable String finish,
    boolean broken) {

  static ForeignPiece of(Kind kind, JsonNode choice) {
    JsonNode delta = choice.path("delta");
    String reason = choice.path("finish_reason").asString(null);
    String reasoning = delta.path("reasoning_content").asString(null);
    var calls = new ArrayList<JsonNode>();
    for (JsonNode call : delta.path("tool_calls")) {
      if (call.isObject()) {
        calls.add(call);
      }
    }
    JsonNode logprobs = choice.get("logprobs");
    return new ForeignPiece(
        kind == Kind.RAW
            ? ""
            : reasoning == null ? delta.path("reasoning").asString("") : reasoning,
        kind == Kind.RAW ? choice.path("text").asString("") : delta.path("content").asString(""),
        calls,
        logprobs != null && logprobs.isObject() ? logprobs : null,
        finish(reason),
        "error".equals(reason) || "abort".equals(reason));
  }

  /** How it ended, without what it brought. */
  ForeignPiece endOnly() {
    return new ForeignPiece("", "", List.of(), null, finish, broken);
  }

  private static @Nullable String finish(@Nullable String reason) {
    return switch (reason) {
      case null -> null;
      case "length", "tool_calls" -> reason;
      default -> "stop";
    };
  }

  Part part() {
    if (!text.isEmpty() || !calls.isEmpty()) {
      return Part.ANSWER;
    }
    return reasoning.isEmpty() ? Part.NONE : Part.REASONING;
  }

  /** Bytes of its text; a call has a mark and a name beside it. */
  int size() {
    int size = bytes(reasoning) + bytes(text);
    for (JsonNode call : calls) {
      size += bytes(call.toString());
    }
    return size;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
