package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.ChatMessage.Role;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads {@code messages}. Reasoning of earlier answers is accepted and dropped. */
final class Messages {
  private Messages() {}

  static List<ChatMessage> of(JsonNode value) {
    if (!value.isArray()) {
      throw Fields.wrongType("messages", "an array");
    }
    if (value.isEmpty()) {
      throw ServiceException.invalidValue("messages", "'messages' must not be empty.");
    }
    var messages = new ArrayList<ChatMessage>();
    var history = new CallHistory();
    int index = 0;
    for (JsonNode one : value) {
      String at = "messages[%d]".formatted(index++);
      ChatMessage message = message(one, history, at);
      if (message.role() == Role.TOOL) {
        history.output(one, message, at);
      } else {
        messages.addAll(history.drain());
        messages.add(message);
      }
    }
    messages.addAll(history.drain());
    Role last = messages.getLast().role();
    if (last != Role.USER && last != Role.TOOL) {
      throw ServiceException.invalidValue(
          "messages",
          "The last message must be the user's or a tool's, so that there is something to answer.");
    }
    return List.copyOf(messages);
  }

  private static ChatMessage message(JsonNode message, CallHistory history, String at) {
    if (!message.isObject()) {
      throw Fields.wrongType(at, "an object");
    }
    Role role = role(message.path("role"), at);
    if (message.path("prefix").asBoolean(false)) {
      throw Fields.unsupported(at + ".prefix", "Completing a begun answer is not supported.");
    }
    String text = content(message.get("content"), role, at + ".content");
    return role == Role.ASSISTANT
        ? new ChatMessage(role, text, history.calls(message.path("tool_calls"), at + ".tool_calls"))
        : new ChatMessage(role, text);
  }

  private static Role role(JsonNode value, String at) {
    return switch (value.asString("")) {
      case "system", "developer" -> Role.SYSTEM;
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      case "tool" -> Role.TOOL;
      case "function" ->
          throw Fields.unsupported(at + ".role", "'function' was replaced by the role 'tool'.");
      case "" ->
          throw ServiceException.ofParam(
              ErrorCode.MISSING_PARAMETER, at + ".role", "Every message needs a role.");
      default ->
          throw ServiceException.invalidValue(
              at + ".role", "The role must be system, developer, user, assistant or tool.");
    };
  }

  private static String content(@Nullable JsonNode value, Role role, String at) {
    if (value == null || value.isNull()) {
      if (role == Role.ASSISTANT) {
        return "";
      }
      throw ServiceException.ofParam(
          ErrorCode.MISSING_PARAMETER, at, "Every message needs content.");
    }
    if (value.isString()) {
      return value.asString();
    }
    if (!value.isArray()) {
      throw Fields.wrongType(at, "a string or an array of text parts");
    }
    var text = new StringBuilder();
    for (JsonNode part : value) {
      if (!part.path("type").asString("").equals("text") || !part.path("text").isString()) {
        throw ServiceException.ofParam(
            ErrorCode.UNSUPPORTED_CONTENT, at, "Only text parts are supported.");
      }
      text.append(part.path("text").asString());
    }
    return text.toString();
  }
}
