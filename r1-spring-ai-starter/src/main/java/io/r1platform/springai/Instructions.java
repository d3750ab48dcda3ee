package io.r1platform.springai;

import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.ChatMessage.Role;
import io.r1platform.prompts.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.prompt.Prompt;

/**
 * Spring AI's messages as a conversation. The model sees no ids of calls, so outputs of tools are
 * brought into the order of their calls.
 */
final class Instructions {
  private Instructions() {}

  static List<ChatMessage> of(Prompt prompt) {
    var messages = new ArrayList<ChatMessage>();
    List<AssistantMessage.ToolCall> open = List.of();
    for (Message message : prompt.getInstructions()) {
      if (message instanceof ToolResponseMessage outputs) {
        messages.addAll(outputs(outputs, open));
        open = List.of();
      } else {
        open = message instanceof AssistantMessage assistant ? assistant.getToolCalls() : List.of();
        messages.add(message(message, open));
      }
    }
    if (messages.isEmpty() || !isAsking(messages.getLast().role())) {
      throw R1Exception.invalid("The last message must be the user's or a tool's");
    }
    return messages;
  }

  private static boolean isAsking(Role role) {
    return role == Role.USER || role == Role.TOOL;
  }

  private static ChatMessage message(Message message, List<AssistantMessage.ToolCall> calls) {
    String text = message.getText();
    return new ChatMessage(
        switch (message.getMessageType()) {
          case SYSTEM -> Role.SYSTEM;
          case USER -> Role.USER;
          case ASSISTANT -> Role.ASSISTANT;
          case TOOL -> throw R1Exception.invalid("A message of a tool has its outputs");
        },
        text == null ? "" : text,
        calls.stream().map(call -> new ToolCall(call.name(), call.arguments())).toList());
  }

  private static List<ChatMessage> outputs(
      ToolResponseMessage message, List<AssistantMessage.ToolCall> calls) {
    Map<String, ToolResponseMessage.ToolResponse> byId =
        message.getResponses().stream()
            .collect(
                Collectors.toMap(
                    ToolResponseMessage.ToolResponse::id, Function.identity(), (one, _) -> one));
    var outputs = new ArrayList<ChatMessage>();
    for (AssistantMessage.ToolCall call : calls) {
      ToolResponseMessage.ToolResponse output = byId.get(call.id());
      if (output != null) {
        outputs.add(new ChatMessage(Role.TOOL, output.responseData()));
      }
    }
    if (outputs.isEmpty() || outputs.size() != message.getResponses().size()) {
      throw R1Exception.invalid("A tool's outputs follow the message that called it, once each");
    }
    return outputs;
  }
}
