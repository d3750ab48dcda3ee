package io.r1platform.inference.chatmodel;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.ChatMessage.Role;
import java.util.List;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.prompt.Prompt;

/** Spring AI's messages as a conversation. */
final class Instructions {
  private Instructions() {}

  static List<ChatMessage> of(Prompt prompt) {
    List<ChatMessage> messages =
        prompt.getInstructions().stream().map(Instructions::message).toList();
    if (messages.isEmpty() || messages.getLast().role() != Role.USER) {
      throw ServiceException.invalidValue("messages", "The last message must be the user's.");
    }
    return messages;
  }

  private static ChatMessage message(Message message) {
    String text = message.getText();
    return new ChatMessage(
        switch (message.getMessageType()) {
          case SYSTEM -> Role.SYSTEM;
          case USER -> Role.USER;
          case ASSISTANT -> Role.ASSISTANT;
          case TOOL ->
              throw ServiceException.ofParam(
                  ErrorCode.UNSUPPORTED_PARAMETER, "messages", "This model has no tools.");
        },
        text == null ? "" : text);
  }
}
