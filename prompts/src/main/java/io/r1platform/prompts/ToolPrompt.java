package io.r1platform.prompts;

/** What the prompt says of tools, in words; the markers are the template's. */
final class ToolPrompt {
  /** How a call looks. */
  static final ToolCall EXAMPLE = new ToolCall("NAME", "{\"ARGUMENT\": \"VALUE\"}");

  private ToolPrompt() {}

  static String list(ToolUse use) {
    var text = new StringBuilder("## Tools\n");
    for (Tool tool : use.tools()) {
      text.append("\n### ").append(tool.name()).append('\n');
      if (tool.description() != null) {
        text.append(tool.description()).append('\n');
      }
      text.append("```json\n").append(tool.parameters()).append("\n```\n");
    }
    return text.append('\n').toString();
  }

  static String format(ToolUse use) {
    return switch (use.form()) {
      case MARKED ->
          "To call %s, think first, then write calls in exactly this form, with JSON arguments:\n"
              .formatted(use.onlyOne() ? "one of these tools, once" : "these tools");
      case LISTED ->
          "Think first. Then answer with %s, and nothing else: %s"
              .formatted(
                  use.onlyOne() ? "a call of one tool" : "a JSON array of calls",
                  use.onlyOne() ? form() : "[" + form() + ", ...]");
      case NAMED ->
          "Think first. Then answer with the JSON arguments of a call of %s, and nothing else."
              .formatted(use.tools().getFirst().name());
    };
  }

  private static String form() {
    return "{\"name\": \"%s\", \"arguments\": %s}".formatted(EXAMPLE.name(), EXAMPLE.arguments());
  }
}
