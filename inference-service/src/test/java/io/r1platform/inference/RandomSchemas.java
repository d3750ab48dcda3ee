package io.r1platform.inference;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Schemas of the subset that an answer can be held to, drawn from a seed: every supported keyword,
 * nested three deep, with references that may recur.
 */
final class RandomSchemas {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int DEPTH = 3;
  private static final List<String> NAMES =
      List.of("sum", "sure", "a b", "größe", "q\"t", "x/y~z", "n", "steps");
  private static final List<String> TEXTS = List.of("yes", "no", "", "1 + 1", "\"\\\n", "π ≈ 3");
  private static final List<String> TYPES =
      List.of("string", "integer", "number", "boolean", "null");

  private final Random random;

  RandomSchemas(long seed) {
    this.random = new Random(seed);
  }

  /** The next one. */
  ObjectNode next() {
    ObjectNode schema = random.nextInt(3) == 0 ? any(DEPTH) : object(DEPTH);
    ObjectNode definitions = schema.putObject("$defs");
    definitions.set("value", any(1));
    ObjectNode chain = JSON.createObjectNode().put("type", "object");
    ObjectNode members = chain.putObject("properties");
    members.set("value", scalar());
    members.putObject("next").put("$ref", "#/$defs/chain");
    chain.putArray("required").add("value");
    chain.put("additionalProperties", false);
    definitions.set("chain", chain);
    return schema;
  }

  private ObjectNode any(int depth) {
    return depth == 0
        ? leaf()
        : draw(
            List.of(
                this::leaf,
                this::leaf,
                () -> object(depth),
                () -> array(depth),
                () -> map(depth),
                () -> either(depth)));
  }

  private ObjectNode leaf() {
    return draw(
        List.of(
            this::scalar, this::text, this::scalar, this::oneOfSome, this::exactly, this::types));
  }

  private ObjectNode scalar() {
    return typed(TYPES.get(random.nextInt(TYPES.size())));
  }

  private ObjectNode text() {
    ObjectNode schema = typed("string");
    int least = random.nextInt(4);
    if (random.nextBoolean()) {
      schema.put("minLength", least);
    }
    return schema.put("maxLength", least + random.nextInt(12));
  }

  private ObjectNode oneOfSome() {
    ObjectNode schema = JSON.createObjectNode();
    ArrayNode values = schema.putArray("enum");
    values.add(TEXTS.get(random.nextInt(TEXTS.size()))).add(random.nextInt(1_000)).add(true);
    values.addNull().addObject().put("n", -0.5).putArray("of").add(1).add("two");
    if (random.nextBoolean()) {
      schema.put("type", random.nextBoolean() ? "string" : "object");
    }
    return schema;
  }

  private ObjectNode exactly() {
    ObjectNode schema = JSON.createObjectNode();
    return random.nextBoolean()
        ? schema.put("const", TEXTS.get(random.nextInt(TEXTS.size())))
        : schema.set("const", JSON.createArrayNode().add(7).addNull().add(false));
  }

  private ObjectNode types() {
    ObjectNode schema = JSON.createObjectNode();
    schema.putArray("type").add("null").add(TYPES.get(random.nextInt(TYPES.size() - 1)));
    return schema;
  }

  private ObjectNode array(int depth) {
    ObjectNode schema = typed("array");
    schema.set("items", inner(depth));
    int least = random.nextInt(3);
    if (random.nextBoolean()) {
      schema.put("minItems", least);
    }
    return random.nextInt(4) == 0 ? schema : schema.put("maxItems", least + random.nextInt(3));
  }

  private ObjectNode object(int depth) {
    ObjectNode schema = typed("object");
    ObjectNode members = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    for (int i = 0, count = 1 + random.nextInt(3); i < count; i++) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      if (!members.has(name) && random.nextBoolean()) {
        required.add(name);
      }
      members.set(name, inner(depth));
    }
    if (random.nextInt(4) == 0) {
      members.putObject("chain").put("$ref", "#/$defs/chain");
    }
    return random.nextInt(4) == 0 ? schema : schema.put("additionalProperties", false);
  }

  private ObjectNode map(int depth) {
    ObjectNode schema = typed("object");
    schema.set("additionalProperties", inner(depth));
    return schema;
  }

  private ObjectNode either(int depth) {
    ObjectNode schema = JSON.createObjectNode();
    schema.putArray("anyOf").add(inner(depth)).add(inner(depth));
    return schema;
  }

  private ObjectNode inner(int depth) {
    if (depth == DEPTH && random.nextInt(5) == 0) {
      return JSON.createObjectNode().put("$ref", "#/$defs/value");
    }
    return any(depth - 1);
  }

  private ObjectNode typed(String type) {
    ObjectNode schema = JSON.createObjectNode().put("type", type);
    return random.nextInt(4) == 0 ? schema.put("description", "some " + type) : schema;
  }

  private ObjectNode draw(List<Supplier<ObjectNode>> kinds) {
    return kinds.get(random.nextInt(kinds.size())).get();
  }
}
