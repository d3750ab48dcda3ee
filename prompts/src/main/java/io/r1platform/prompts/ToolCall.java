package io.r1platform.prompts;

import java.util.Objects;

/**
 * A call of a tool, in the past of a conversation.
 *
 * @param name the tool's
 * @param arguments as JSON
 */
public record ToolCall(String name, String arguments) {
  /** Checks that both are there. */
  public ToolCall {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(arguments, "arguments");
  }
}
