package io.r1platform.prompts;

import java.util.List;
import java.util.Objects;

/**
 * One message of a conversation, as text.
 *
 * @param role who speaks
 * @param text what they say; of the assistant, the answer without reasoning; of a tool, its output
 * @param calls the tools that the assistant calls after the text, else none
 */
public record ChatMessage(Role role, String text, List<ToolCall> calls) {
  /** Who speaks. */
  public enum Role {
    SYSTEM,
    USER,
    ASSISTANT,
    /** A tool that was called; its outputs follow the calls, in their order. */
    TOOL
  }

  /** Checks that all is there, and that only the assistant calls. */
  public ChatMessage {
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(text, "text");
    calls = List.copyOf(calls);
    if (role != Role.ASSISTANT && !calls.isEmpty()) {
      throw new IllegalArgumentException("only the assistant calls tools");
    }
  }

  /** A message without calls. */
  public ChatMessage(Role role, String text) {
    this(role, text, List.of());
  }
}
