package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.ToolCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * The calls of an earlier turn and the outputs that follow. The model sees no ids, so the outputs
 * are brought into the order of the calls.
 */
final class CallHistory {
  private final Map<String, Integer> places = new LinkedHashMap<>();
  private final Map<Integer, ChatMessage> outputs = new TreeMap<>();

  /** The calls of an assistant's message; what came before is over. */
  List<ToolCall> calls(JsonNode value, String at) {
    places.clear();
    if (value.isMissingNode() || value.isNull()) {
      return List.of();
    }
    if (!value.isArray()) {
      throw Fields.wrongType(at, "an array");
    }
    var calls = new ArrayList<ToolCall>();
    for (JsonNode call : value) {
      String here = at + "[" + calls.size() + "]";
      JsonNode function = call.path("function");
      places.put(text(call.path("id"), here + ".id"), calls.size());
      calls.add(
          new ToolCall(
              text(function.path("name"), here + ".function.name"),
              text(function.path("arguments"), here + ".function.arguments")));
    }
    if (places.size() < calls.size()) {
      throw ServiceException.invalidValue(at, "Two calls have the same id.");
    }
    return calls;
  }

  /** An output of one of the calls. */
  void output(JsonNode message, ChatMessage output, String at) {
    String id = text(message.path("tool_call_id"), at + ".tool_call_id");
    Integer place = places.get(id);
    if (place == null || outputs.putIfAbsent(place, output) != null) {
      throw ServiceException.invalidValue(
          at + ".tool_call_id",
          "An output follows the assistant's message with its call, once for each call.");
    }
  }

  /** The outputs so far, by the order of their calls; they are over. */
  List<ChatMessage> drain() {
    List<ChatMessage> ordered = List.copyOf(outputs.values());
    outputs.clear();
    return ordered;
  }

  private static String text(JsonNode value, String at) {
    if (value.isMissingNode() || value.isNull()) {
      throw ServiceException.ofParam(
          ErrorCode.MISSING_PARAMETER, at, "'%s' is required.".formatted(at));
    }
    if (!value.isString()) {
      throw Fields.wrongType(at, "a string");
    }
    return value.asString();
  }
}
