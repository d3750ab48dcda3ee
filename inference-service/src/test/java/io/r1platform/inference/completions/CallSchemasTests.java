package io.r1platform.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.prompts.Tool;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class CallSchemasTests {
  private static final Tool TREE =
      new Tool(
          "tree",
          null,
          """
          {"type":"object","properties":{"default":{"$ref":"#/$defs/node"},
           "kind":{"const":{"$ref":"#"}},"again":{"$ref":"#"}},
           "$defs":{"node":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/node"}]}}}
          """);
  private static final Tool NONE = new Tool("none", null, "{\"type\":\"object\"}");

  private static JsonNode json(String text) {
    return Answers.JSON.readTree(text);
  }

  @Test
  void aToolsReferencesPointIntoItsOwnDefinition() {
    JsonNode schema = json(CallSchemas.listed(List.of(TREE), true));

    JsonNode tree = schema.path("$defs").path("tree");
    assertThat(tree.path("properties").path("default").path("$ref").asString())
        .isEqualTo("#/$defs/tree/$defs/node");
    assertThat(tree.path("properties").path("again").path("$ref").asString())
        .isEqualTo("#/$defs/tree");
    assertThat(tree.path("$defs").path("node").path("anyOf").get(1).path("$ref").asString())
        .isEqualTo("#/$defs/tree/$defs/node");
    assertThat(tree.path("properties").path("kind").path("const").path("$ref").asString())
        .isEqualTo("#");
  }

  @Test
  void severalCallsAreAListOfOneToSixteen() {
    JsonNode schema = json(CallSchemas.listed(List.of(TREE, NONE), false));

    assertThat(schema.path("type").asString()).isEqualTo("array");
    assertThat(schema.path("minItems").asInt()).isEqualTo(1);
    assertThat(schema.path("maxItems").asInt()).isEqualTo(16);
    assertThat(schema.path("items").path("anyOf").size()).isEqualTo(2);
    assertThat(json(CallSchemas.listed(List.of(TREE, NONE), true)).path("anyOf").size())
        .isEqualTo(2);
  }
}
