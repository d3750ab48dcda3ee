package io.r1platform.prompts;

import java.util.Objects;

/**
 * One message of a conversation, as text.
 *
 * @param role who speaks
 * @param text what they say; of the assistant, the answer without reasoning
 */
public record ChatMessage(Role role, String text) {
  /** Who speaks. */
  public enum Role {
    SYSTEM,
    USER,
    ASSISTANT
  }

  /** Checks that both are there. */
  public ChatMessage {
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(text, "text");
  }
}
