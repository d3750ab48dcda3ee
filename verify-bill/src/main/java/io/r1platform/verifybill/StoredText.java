package io.r1platform.verifybill;

import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.ChatMessage.Role;
import io.r1platform.receipts.NotGenuine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant stored of a chat completion: {@code GET /v1/requests/{id}/content}. Conversations
 * of plain text with one answer are read; what has tools, a format or several answers is not.
 *
 * @param model as it was asked for
 * @param messages of the prompt
 * @param reasoning of the answer
 * @param answer its text
 */
record StoredText(String model, List<ChatMessage> messages, String reasoning, String answer) {
  private static final String CHAT = "/v1/chat/completions";
  private static final String DATA = "data: ";

  /** Copies the list. */
  StoredText {
    messages = List.copyOf(messages);
  }

  /**
   * Reads one; empty if it is of a kind that cannot be recounted.
   *
   * @throws NotGenuine if it is no stored content
   */
  static Optional<StoredText> parse(String text, String what) {
    Map<?, ?> stored = object(Json.read(text, what), what);
    Map<?, ?> request = object(stored.get("request"), what + ": request");
    Map<?, ?> response = object(stored.get("response"), what + ": response");
    if (!CHAT.equals(request.get("path")) || !(response.get("body") instanceof String body)) {
      return Optional.empty();
    }
    Map<?, ?> asked = object(Json.read(string(request.get("body"), what), what), what);
    boolean plain =
        asked.get("tools") == null
            && asked.get("response_format") == null
            && (!(asked.get("n") instanceof Json.Numeral n) || n.text().equals("1"));
    Optional<List<ChatMessage>> messages =
        plain && asked.get("messages") instanceof List<?> list ? messages(list) : Optional.empty();
    if (messages.isEmpty()) {
      return Optional.empty();
    }
    var parts = new Parts();
    if (body.startsWith("{")) {
      parts.add(Json.read(body, what), "message");
    } else {
      body.lines()
          .filter(line -> line.startsWith(DATA + "{"))
          .forEach(line -> parts.add(Json.read(line.substring(DATA.length()), what), "delta"));
    }
    return Optional.of(
        new StoredText(
            String.valueOf(asked.get("model")),
            messages.get(),
            parts.reasoning.toString(),
            parts.answer.toString()));
  }

  private static Optional<List<ChatMessage>> messages(List<?> list) {
    var messages = new ArrayList<ChatMessage>();
    for (Object one : list) {
      if (!(one instanceof Map<?, ?> message) || message.get("tool_calls") != null) {
        return Optional.empty();
      }
      Role role =
          switch (String.valueOf(message.get("role"))) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default -> null;
          };
      String text = text(message.get("content"), role == Role.ASSISTANT);
      if (role == null || text == null) {
        return Optional.empty();
      }
      messages.add(new ChatMessage(role, text));
    }
    return Optional.of(messages);
  }

  private static @Nullable String text(@Nullable Object content, boolean mayBeMissing) {
    if (content == null) {
      return mayBeMissing ? "" : null;
    }
    if (!(content instanceof List<?> parts)) {
      return content instanceof String text ? text : null;
    }
    var text = new StringBuilder();
    for (Object part : parts) {
      if (!(part instanceof Map<?, ?> one) || !(one.get("text") instanceof String piece)) {
        return null;
      }
      text.append(piece);
    }
    return text.toString();
  }

  /** An answer's text, whole or in pieces. */
  private static final class Parts {
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();

    private void add(@Nullable Object chunk, String member) {
      if (chunk instanceof Map<?, ?> one
          && one.get("choices") instanceof List<?> choices
          && !choices.isEmpty()
          && choices.getFirst() instanceof Map<?, ?> choice
          && choice.get(member) instanceof Map<?, ?> message) {
        append(reasoning, message.get("reasoning_content"));
        append(answer, message.get("content"));
      }
    }

    private static void append(StringBuilder to, @Nullable Object text) {
      if (text instanceof String piece) {
        to.append(piece);
      }
    }
  }

  private static Map<?, ?> object(@Nullable Object value, String what) {
    if (value instanceof Map<?, ?> members) {
      return members;
    }
    throw new NotGenuine(what + " is no object");
  }

  private static String string(@Nullable Object value, String what) {
    if (value instanceof String text) {
      return text;
    }
    throw new NotGenuine(what + " has no body");
  }
}
