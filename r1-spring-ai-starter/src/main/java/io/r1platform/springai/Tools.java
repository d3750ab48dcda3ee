package io.r1platform.springai;

import io.r1platform.prompts.ChatMessage;
import io.r1platform.prompts.ChatMessage.Role;
import io.r1platform.prompts.R1Template;
import io.r1platform.prompts.Tool;
import io.r1platform.prompts.ToolUse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;

/** The tools of a call: told to the model here, run by whoever asked, a ChatClient for instance. */
final class Tools {
  private Tools() {}

  /**
   * How the tools of these options may be called in answer to these messages.
   *
   * @throws R1Exception INVALID where the model or the options allow no calls
   */
  static ToolUse of(R1ChatOptions options, List<ChatMessage> messages, R1Template template) {
    List<Tool> tools = tools(options.getToolCallbacks());
    boolean past = messages.stream().anyMatch(Tools::isOfTools);
    if (!template.hasTools() && (past || !tools.isEmpty())) {
      throw R1Exception.invalid("This model has no tools: its vocabulary lacks their markers");
    }
    String choice = options.getToolChoice();
    if (tools.isEmpty() && choice == null) {
      return ToolUse.NONE;
    }
    if (options.getOutputSchema() != null) {
      throw R1Exception.invalid("An answer of a schema cannot call tools: ask for one of the two");
    }
    List<Tool> chosen =
        choice == null ? tools : tools.stream().filter(t -> t.name().equals(choice)).toList();
    if (chosen.isEmpty()) {
      throw R1Exception.invalid("toolChoice names no tool of this call");
    }
    boolean free = choice == null || messages.getLast().role() == Role.TOOL;
    return free
        ? new ToolUse(tools, ToolUse.Form.MARKED, /* onlyOne= */ false)
        : new ToolUse(chosen, ToolUse.Form.NAMED, /* onlyOne= */ true);
  }

  private static boolean isOfTools(ChatMessage message) {
    return message.role() == Role.TOOL || !message.calls().isEmpty();
  }

  private static List<Tool> tools(@Nullable List<ToolCallback> callbacks) {
    return callbacks == null
        ? List.of()
        : callbacks.stream().map(callback -> tool(callback.getToolDefinition())).toList();
  }

  private static Tool tool(ToolDefinition definition) {
    try {
      return new Tool(definition.name(), definition.description(), definition.inputSchema());
    } catch (IllegalArgumentException e) {
      throw R1Exception.invalid(String.valueOf(e.getMessage()));
    }
  }
}
