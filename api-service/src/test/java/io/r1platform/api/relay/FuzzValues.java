package io.r1platform.api.relay;

import io.r1platform.api.OpenApi;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Random values of a described schema: good ones, and ones at and beyond its bounds. */
final class FuzzValues {
  private static final JsonNodeFactory NODES = JsonMapper.shared().getNodeFactory();
  private static final int DEEPEST = 6;

  /** Text that somebody's parser, log or terminal stumbles over. */
  static final List<String> ODD_TEXT =
      List.of(
          "",
          " ",
          "a",
          "null",
          "\0",
          "\u0001\b\u007f",
          "é한😀",
          "\u202eevil",
          "e\u0301\u0301\u0301",
          "\ufeffx",
          "\uffff",
          "<think>",
          "</think>",
          "<｜User｜>",
          "'; drop table api_key; --",
          "${jndi:ldap://x}",
          "<script>alert(1)</script>",
          "../../etc/passwd",
          "%00%0d%0aX: y",
          "\r\n\r\nHTTP/1.1 200 OK",
          "9223372036854775808",
          "-1",
          "1e400",
          "x".repeat(256),
          "y".repeat(5_000));

  private static final List<BigDecimal> ODD_NUMBERS =
      List.of(
          BigDecimal.ZERO,
          BigDecimal.ONE.negate(),
          BigDecimal.ONE,
          new BigDecimal("0.1"),
          new BigDecimal("1.5"),
          new BigDecimal("-0.0"),
          new BigDecimal(Integer.MAX_VALUE),
          new BigDecimal("2147483648"),
          new BigDecimal("9007199254740993"),
          new BigDecimal("9223372036854775807"),
          new BigDecimal("9223372036854775808"),
          new BigDecimal("-9223372036854775809"),
          new BigDecimal("1e308"),
          new BigDecimal("1e-320"),
          new BigDecimal("1e99999"),
          new BigDecimal(BigInteger.TEN.pow(400)));

  private final OpenApi description;
  private final List<String> goodText = new ArrayList<>();

  FuzzValues(OpenApi description) {
    this.description = description;
    description.examples((where, example) -> collect(example.value()));
  }

  private void collect(JsonNode value) {
    if (value.isString()) {
      goodText.add(value.asString());
    }
    value.forEach(this::collect);
  }

  /** A value that the schema allows, as far as it says so. */
  JsonNode good(JsonNode schema, RandomGenerator random) {
    return good(schema, random, 0);
  }

  private JsonNode good(JsonNode reference, RandomGenerator random, int depth) {
    JsonNode schema = description.followed(reference);
    if (schema.path("examples").size() > 0 && random.nextInt(3) > 0) {
      return pick(schema.path("examples"), random).deepCopy();
    }
    if (schema.has("const")) {
      return schema.path("const");
    }
    if (schema.path("enum").size() > 0) {
      return pick(schema.path("enum"), random);
    }
    if (!schema.has("properties")) {
      for (String choice : List.of("oneOf", "anyOf", "allOf")) {
        if (schema.path(choice).size() > 0) {
          return good(pick(schema.path(choice), random), random, depth);
        }
      }
    }
    JsonNode type = schema.path("type");
    return ofType(
        type.isArray() ? pick(type, random).asString() : type.asString("object"),
        schema,
        random,
        depth);
  }

  private JsonNode ofType(String type, JsonNode schema, RandomGenerator random, int depth) {
    return switch (type) {
      case "null" -> NODES.nullNode();
      case "boolean" -> NODES.booleanNode(random.nextBoolean());
      case "integer" -> NODES.numberNode(integer(schema, random));
      case "number" -> {
        double low = schema.path("minimum").asDouble(-10);
        double high = schema.path("maximum").asDouble(low + 20);
        yield NODES.numberNode(
            random.nextInt(4) == 0 ? low : low + (high - low) * random.nextDouble());
      }
      case "string" -> NODES.stringNode(text(schema, random));
      case "array" -> {
        ArrayNode array = NODES.arrayNode();
        long most = depth > DEEPEST ? 0 : schema.path("maxItems").asLong(4);
        long size =
            Math.max(schema.path("minItems").asLong(0), random.nextLong(Math.min(4, most) + 1));
        for (long i = 0; i < size; i++) {
          array.add(good(schema.path("items"), random, depth + 1));
        }
        yield array;
      }
      default -> object(schema, random, depth);
    };
  }

  private static long integer(JsonNode schema, RandomGenerator random) {
    long low = schema.path("minimum").asLong(0);
    long high = schema.path("maximum").asLong(low + 1_000);
    return switch (random.nextInt(4)) {
      case 0 -> low;
      case 1 -> high;
      default -> random.nextLong(low, high + 1);
    };
  }

  private String text(JsonNode schema, RandomGenerator random) {
    if (schema.has("pattern")) {
      Pattern pattern = Pattern.compile(schema.path("pattern").asString());
      List<String> fitting =
          goodText.stream().filter(each -> pattern.matcher(each).find()).distinct().toList();
      return fitting.isEmpty() ? "" : fitting.get(random.nextInt(fitting.size()));
    }
    String text =
        random.nextBoolean()
            ? goodText.get(random.nextInt(goodText.size()))
            : ODD_TEXT.get(random.nextInt(ODD_TEXT.size()));
    int most = schema.path("maxLength").asInt(Integer.MAX_VALUE);
    return text.length() > most ? text.substring(0, most) : text;
  }

  private JsonNode object(JsonNode schema, RandomGenerator random, int depth) {
    ObjectNode object = NODES.objectNode();
    List<String> wanted = new ArrayList<>();
    schema.path("required").forEach(name -> wanted.add(name.asString()));
    if (schema.path("anyOf").size() > 0) {
      pick(schema.path("anyOf"), random)
          .path("required")
          .forEach(name -> wanted.add(name.asString()));
    }
    schema
        .path("properties")
        .forEachEntry(
            (name, property) -> {
              if (wanted.contains(name) || (depth <= DEEPEST && random.nextInt(4) == 0)) {
                object.set(name, good(property, random, depth + 1));
              }
            });
    return object;
  }

  /** A value of another type, or one at or beyond what a field of any kind takes. */
  JsonNode odd(RandomGenerator random) {
    return switch (random.nextInt(8)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2, 3 -> NODES.numberNode(ODD_NUMBERS.get(random.nextInt(ODD_NUMBERS.size())));
      case 4, 5 -> NODES.stringNode(ODD_TEXT.get(random.nextInt(ODD_TEXT.size())));
      case 6 -> NODES.arrayNode().add(odd(random));
      default -> NODES.objectNode().set(ODD_TEXT.get(random.nextInt(12)), odd(random));
    };
  }

  /** A number just outside, just inside or at a bound of the schema; odd where it has none. */
  JsonNode boundary(JsonNode reference, RandomGenerator random) {
    JsonNode schema = description.followed(reference);
    String bound = random.nextBoolean() ? "minimum" : "maximum";
    if (schema.has(bound)) {
      BigDecimal step = random.nextBoolean() ? BigDecimal.ONE : new BigDecimal("0.000001");
      return NODES.numberNode(
          schema
              .path(bound)
              .decimalValue()
              .add(step.multiply(BigDecimal.valueOf(random.nextInt(3) - 1L))));
    }
    if (schema.has("maxItems")) {
      ArrayNode array = NODES.arrayNode();
      int size = schema.path("maxItems").asInt() + random.nextInt(2);
      for (int i = 0; i < size; i++) {
        array.add(good(schema.path("items"), random, DEEPEST));
      }
      return array;
    }
    return odd(random);
  }

  private static JsonNode pick(JsonNode array, RandomGenerator random) {
    return array.get(random.nextInt(array.size()));
  }
}
