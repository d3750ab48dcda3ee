package io.r1platform.inference.completions;

import io.r1platform.prompts.Tool;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The schema of an answer that is a list of calls. */
final class CallSchemas {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> SCHEMAS_BY_NAME = Set.of("properties", "$defs", "definitions");
  private static final Set<String> VALUES = Set.of("const", "enum", "default", "examples");
  private static final int CALLS_MAX = 16;

  private CallSchemas() {}

  /** One call, or an array of 1 to 16, each with name and arguments of one of the tools. */
  static String listed(List<Tool> tools, boolean onlyOne) {
    ObjectNode definitions = JSON.createObjectNode();
    ArrayNode calls = JSON.createArrayNode();
    for (Tool tool : tools) {
      JsonNode parameters = JSON.readTree(tool.parameters());
      String base = "#/$defs/" + tool.name();
      move(parameters, base);
      definitions.set(tool.name(), parameters);
      ObjectNode call = calls.addObject().put("type", "object");
      ObjectNode members = call.putObject("properties");
      members.putObject("name").put("const", tool.name());
      members.putObject("arguments").put("$ref", base);
      call.putArray("required").add("name").add("arguments");
      call.put("additionalProperties", false);
    }
    ObjectNode schema = JSON.createObjectNode();
    if (onlyOne) {
      schema.set("anyOf", calls);
    } else {
      schema.put("type", "array").put("minItems", 1).put("maxItems", CALLS_MAX);
      schema.putObject("items").set("anyOf", calls);
    }
    schema.set("$defs", definitions);
    return schema.toString();
  }

  /** References within a schema, which now stands at {@code base} of another. */
  private static void move(JsonNode schema, String base) {
    if (schema instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        if (SCHEMAS_BY_NAME.contains(member.getKey())) {
          member.getValue().forEach(schemaOfName -> move(schemaOfName, base));
        } else if (!VALUES.contains(member.getKey())) {
          move(member.getValue(), base);
        }
      }
      String reference = object.path("$ref").asString("");
      if (reference.startsWith("#")) {
        object.put("$ref", base + reference.substring(1));
      }
    } else if (schema.isArray()) {
      schema.forEach(item -> move(item, base));
    }
  }
}
