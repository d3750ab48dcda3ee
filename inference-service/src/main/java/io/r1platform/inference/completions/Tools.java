package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.Ability;
import io.r1platform.inference.generation.AnswerShape;
import io.r1platform.prompts.R1Template;
import io.r1platform.prompts.Tool;
import io.r1platform.prompts.ToolUse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code tools} and {@code tool_choice}.
 *
 * @param use the tools as the prompt tells of them; none if none may be called
 * @param strict names of those whose arguments must be of their schema
 */
record Tools(ToolUse use, Set<String> strict) {
  private static final int TOOLS_MAX = 128;
  private static final String ANY_OBJECT = "{\"type\":\"object\"}";
  private static final Tools NONE = new Tools(ToolUse.NONE, Set.of());

  static Tools of(Fields fields) {
    var strict = new HashSet<String>();
    List<Tool> tools = tools(fields.optional("tools"), strict);
    JsonNode choice = fields.optional("tool_choice");
    boolean onlyOne =
        fields.optional("parallel_tool_calls") != null && !fields.flag("parallel_tool_calls");
    if (choice != null && choice.isObject()) {
      return new Tools(
          new ToolUse(List.of(named(choice, tools)), ToolUse.Form.NAMED, true), strict);
    }
    String word = choice == null ? "auto" : choice.asString("");
    if (word.equals("required") && tools.isEmpty()) {
      throw ServiceException.invalidValue("tool_choice", "There is no tool to be called.");
    }
    return switch (word) {
      case "none" -> NONE;
      case "auto" -> new Tools(new ToolUse(tools, ToolUse.Form.MARKED, onlyOne), strict);
      case "required" -> new Tools(new ToolUse(tools, ToolUse.Form.LISTED, onlyOne), strict);
      default ->
          throw ServiceException.invalidValue(
              "tool_choice", "'tool_choice' must be none, auto, required or a function's name.");
    };
  }

  /** Whether any may be called. */
  boolean any() {
    return !use.tools().isEmpty();
  }

  /** What a model must be able to do for it, or null. */
  @Nullable Ability needs() {
    if (!any()) {
      return null;
    }
    return switch (use.form()) {
      case MARKED -> strict.isEmpty() ? Ability.TOOLS : Ability.STRICT_TOOLS;
      case LISTED, NAMED -> Ability.JSON_SCHEMA;
    };
  }

  /** What the engine must see to; null where calls are free. */
  @Nullable AnswerShape shape(R1Template template) {
    if (!any()) {
      return null;
    }
    return switch (use.form()) {
      case MARKED -> strict.isEmpty() ? null : framed(template.callSeparatorId());
      case LISTED ->
          new AnswerShape.JsonSchema(
              CallSchemas.listed(use.tools(), use.onlyOne()), template.thinkCloseId());
      case NAMED ->
          new AnswerShape.JsonSchema(use.tools().getFirst().parameters(), template.thinkCloseId());
    };
  }

  /** The rest of R1's form after the separator, and then the output ends: one call at most. */
  private AnswerShape framed(int afterId) {
    return new AnswerShape.Framed(
        use.tools().stream()
            .map(
                tool ->
                    new AnswerShape.Framed.Text(
                        tool.name() + "\n```json\n",
                        strict.contains(tool.name()) ? tool.parameters() : ANY_OBJECT,
                        "\n```"))
            .toList(),
        afterId);
  }

  private static List<Tool> tools(@Nullable JsonNode value, Set<String> strict) {
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw Fields.wrongType("tools", "an array");
    }
    if (value.size() > TOOLS_MAX) {
      throw ServiceException.invalidValue("tools", "There may be 128 tools.");
    }
    var tools = new ArrayList<Tool>();
    var names = new HashSet<String>();
    for (JsonNode one : value) {
      String at = "tools[%d]".formatted(tools.size());
      Tool tool = tool(one, at);
      if (!names.add(tool.name())) {
        throw ServiceException.invalidValue(at, "Two tools have the name " + tool.name() + ".");
      }
      if (one.path("function").path("strict").asBoolean(false)) {
        strict.add(tool.name());
      }
      tools.add(tool);
    }
    return List.copyOf(tools);
  }

  private static Tool tool(JsonNode value, String at) {
    if (!value.path("type").asString("").equals("function")) {
      throw Fields.unsupported(at + ".type", "Only tools of the type function are supported.");
    }
    var function = new Fields(value.path("function"));
    JsonNode parameters = function.optional("parameters");
    if (parameters != null && !parameters.path("type").asString("").equals("object")) {
      throw ServiceException.invalidValue(
          at + ".function.parameters", "A tool's parameters are a schema of the type object.");
    }
    try {
      return new Tool(
          function.text("name"),
          function.optional("description") == null ? null : function.text("description"),
          parameters == null ? ANY_OBJECT : parameters.toString());
    } catch (IllegalArgumentException e) {
      throw ServiceException.invalidValue(
          at + ".function.name", "A tool's name has 1 to 64 letters, digits, _ or -.");
    }
  }

  private static Tool named(JsonNode choice, List<Tool> tools) {
    String name = choice.path("function").path("name").asString("");
    return tools.stream()
        .filter(tool -> tool.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                ServiceException.invalidValue(
                    "tool_choice", "'tool_choice' names a function that is not among 'tools'."));
  }
}
