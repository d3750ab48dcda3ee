package io.r1platform.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A grammar of a JSON Schema: everything it generates is valid by the schema. Properties come in
 * the schema's order, and none beside them. The keywords are those of {@link
 * Constraint.JsonSchema}; any other is UNSUPPORTED with {@code unsupported_schema}.
 */
final class JsonSchemaGrammar {
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$id",
          "$comment",
          "$defs",
          "definitions",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly");
  private static final Map<String, Set<String>> KEYWORDS_BY_TYPE =
      Map.of(
          "object", Set.of("properties", "required", "additionalProperties"),
          "array", Set.of("items", "minItems", "maxItems"),
          "string", Set.of("minLength", "maxLength"),
          "number", Set.of(),
          "integer", Set.of(),
          "boolean", Set.of(),
          "null", Set.of());
  private static final int COUNT_MAX = 1_000;
  private static final int UNLIMITED = -1;

  /** As deep as JSON may be nested; references do not nest the text. */
  private static final int DEPTH_MAX = 64;

  private final Gbnf gbnf;
  private final Map<String, String> rulesByReference = new HashMap<>();
  private final @Nullable Object root;
  private int depth;

  private JsonSchemaGrammar(Gbnf gbnf, @Nullable Object root) {
    this.gbnf = gbnf;
    this.root = root;
  }

  static String of(String schema) {
    var gbnf = new Gbnf();
    return gbnf.json(expressionOf(schema, gbnf));
  }

  /** One of several, each between its fixed texts. */
  static String of(List<Constraint.Framed.Alternative> alternatives) {
    var gbnf = new Gbnf();
    return gbnf.exactly(
        alternatives.stream()
            .map(
                one ->
                    Gbnf.literal(one.before())
                        + " "
                        + expressionOf(one.schema(), gbnf)
                        + " "
                        + Gbnf.literal(one.after()))
            .collect(Collectors.joining(" | ")));
  }

  private static String expressionOf(String schema, Gbnf gbnf) {
    Object root = Json.read(schema);
    return new JsonSchemaGrammar(gbnf, root).expression(root);
  }

  private String expression(@Nullable Object schema) {
    if (depth == DEPTH_MAX) {
      throw unsupported("nesting deeper than " + DEPTH_MAX);
    }
    depth++;
    String expression = translated(schema);
    depth--;
    return expression;
  }

  private String translated(@Nullable Object schema) {
    if (Boolean.TRUE.equals(schema)) {
      return "value";
    }
    Map<String, Object> keywords = object(schema, "a schema");
    if (keywords.get("$ref") instanceof String reference) {
      onlyWith(keywords, Set.of("$ref"));
      return reference(reference);
    }
    if (keywords.containsKey("const")) {
      onlyWith(keywords, Set.of("const", "type"));
      return literals(Collections.singletonList(keywords.get("const")), keywords);
    }
    if (keywords.containsKey("enum")) {
      onlyWith(keywords, Set.of("enum", "type"));
      return literals(list(keywords.get("enum"), "enum"), keywords);
    }
    if (keywords.containsKey("anyOf")) {
      onlyWith(keywords, Set.of("anyOf"));
      return oneOf(list(keywords.get("anyOf"), "anyOf").stream().map(this::expression).toList());
    }
    return ofTypes(keywords);
  }

  private String ofTypes(Map<String, Object> keywords) {
    if (!keywords.containsKey("type")) {
      onlyWith(keywords, Set.of());
      return "value";
    }
    List<String> types = types(keywords);
    Set<String> allowed = new HashSet<>(Set.of("type"));
    types.forEach(type -> allowed.addAll(KEYWORDS_BY_TYPE.getOrDefault(type, Set.of())));
    onlyWith(keywords, allowed);
    return oneOf(types.stream().map(type -> ofType(type, keywords)).toList());
  }

  private static List<String> types(Map<String, Object> keywords) {
    Object type = keywords.get("type");
    List<String> types = new ArrayList<>();
    for (Object one : type instanceof List<?> several ? several : Collections.singletonList(type)) {
      if (!(one instanceof String name) || !KEYWORDS_BY_TYPE.containsKey(name)) {
        throw unsupported("type " + Json.write(one));
      }
      if (types.contains(name)) {
        throw invalid("type names " + name + " twice");
      }
      types.add(name);
    }
    return types;
  }

  /** Those of the values that are of the schema's types, if it names any. */
  private String literals(List<?> values, Map<String, Object> keywords) {
    List<String> types = keywords.containsKey("type") ? types(keywords) : List.of();
    return oneOf(
        values.stream()
            .filter(v -> types.isEmpty() || types.stream().anyMatch(type -> isOf(type, v)))
            .map(value -> Gbnf.literal(Json.write(value)))
            .toList());
  }

  private static boolean isOf(String type, @Nullable Object value) {
    return switch (type) {
      case "object" -> value instanceof Map<?, ?>;
      case "array" -> value instanceof List<?>;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "null" -> value == null;
      case "number" -> value instanceof Json.Numeral;
      default -> value instanceof Json.Numeral(String text) && text.matches("-?[0-9]+(\\.0+)?");
    };
  }

  private String ofType(String type, Map<String, Object> keywords) {
    return switch (type) {
      case "object" -> ofObject(keywords);
      case "array" -> ofArray(keywords);
      case "string" -> ofString(keywords);
      case "boolean" -> "(\"true\" | \"false\")";
      case "null" -> "\"null\"";
      default -> type; // number and integer are rules
    };
  }

  private String ofString(Map<String, Object> keywords) {
    String repetition = repetition(keywords, "minLength", "maxLength");
    return repetition.equals("*")
        ? "string"
        : gbnf.add("\"\\\"\" char%s \"\\\"\"".formatted(repetition));
  }

  private String ofArray(Map<String, Object> keywords) {
    String item = expression(keywords.getOrDefault("items", true)) + " ws";
    int min = count(keywords, "minItems", 0);
    int max = count(keywords, "maxItems", UNLIMITED);
    if (max != UNLIMITED && min > max) {
      throw invalid("minItems is more than maxItems");
    }
    if (max == 0) {
      return gbnf.add("\"[\" ws \"]\"");
    }
    String more =
        "(\",\" ws %s){%d,%s}"
            .formatted(item, Math.max(0, min - 1), max == UNLIMITED ? "" : max - 1);
    String items = min == 0 ? "(%s %s)?".formatted(item, more) : item + " " + more;
    return gbnf.add("\"[\" ws " + items + " \"]\"");
  }

  private String ofObject(Map<String, Object> keywords) {
    Map<String, Object> properties =
        keywords.containsKey("properties")
            ? object(keywords.get("properties"), "properties")
            : Map.of();
    Object additional = keywords.getOrDefault("additionalProperties", true);
    if (!(additional instanceof Boolean || additional instanceof Map<?, ?>)) {
      throw invalid("additionalProperties must be a schema");
    }
    List<?> required =
        keywords.containsKey("required") ? list(keywords.get("required"), "required") : List.of();
    if (!properties.keySet().containsAll(required)) {
      throw unsupported("required names a property that properties does not");
    }
    if (properties.isEmpty() && !additional.equals(false)) {
      String pair = "string ws \":\" ws " + expression(additional) + " ws";
      return gbnf.add("\"{\" ws (%1$s (\",\" ws %1$s)*)? \"}\"".formatted(pair));
    }
    if (!(additional instanceof Boolean)) {
      throw unsupported("additionalProperties with a schema beside properties");
    }
    return gbnf.add("\"{\" ws " + members(properties, required) + " \"}\"");
  }

  /** From the last property to the first: what may follow with and without one before it. */
  private String members(Map<String, Object> properties, List<?> required) {
    String first = "\"\"";
    String more = "\"\"";
    List<Map.Entry<String, Object>> entries = new ArrayList<>(properties.entrySet());
    for (Map.Entry<String, Object> entry : entries.reversed()) {
      String name = Gbnf.literal(Json.write(entry.getKey()));
      String pair = gbnf.add(name + " ws \":\" ws " + expression(entry.getValue()) + " ws");
      boolean optional = !required.contains(entry.getKey());
      String firstHere = pair + " " + more + (optional ? " | " + first : "");
      String moreHere = "\",\" ws " + pair + " " + more + (optional ? " | " + more : "");
      first = gbnf.add(firstHere);
      more = gbnf.add(moreHere);
    }
    return first;
  }

  private String reference(String reference) {
    String known = rulesByReference.get(reference);
    if (known != null) {
      return known;
    }
    Object target = root;
    if (!reference.equals("#")) {
      if (!reference.startsWith("#/")) {
        throw unsupported("$ref outside the schema");
      }
      for (String part : List.of(reference.substring(2).split("/", -1))) {
        String key = part.replace("~1", "/").replace("~0", "~");
        if (!(target instanceof Map<?, ?> map) || !map.containsKey(key)) {
          throw invalid("$ref points to nothing");
        }
        target = map.get(key);
      }
    }
    String rule = gbnf.name();
    rulesByReference.put(reference, rule);
    return gbnf.define(rule, expression(target));
  }

  private String oneOf(List<String> expressions) {
    if (expressions.isEmpty()) {
      throw invalid("nothing is left to choose from");
    }
    return expressions.size() == 1
        ? expressions.getFirst()
        : gbnf.add(String.join(" | ", expressions));
  }

  private String repetition(Map<String, Object> keywords, String minName, String maxName) {
    int min = count(keywords, minName, 0);
    int max = count(keywords, maxName, UNLIMITED);
    if (max == UNLIMITED) {
      return min == 0 ? "*" : "{%d,}".formatted(min);
    }
    return "{%d,%d}".formatted(min, max);
  }

  private static int count(Map<String, Object> keywords, String name, int otherwise) {
    if (!keywords.containsKey(name)) {
      return otherwise;
    }
    int count = keywords.get(name) instanceof Json.Numeral number ? number.count() : -1;
    if (count < 0) {
      throw invalid(name + " is no count");
    }
    if (count > COUNT_MAX) {
      throw unsupported(name + " beyond 1000");
    }
    return count;
  }

  private static void onlyWith(Map<String, Object> keywords, Set<String> allowed) {
    for (String keyword : keywords.keySet()) {
      if (!allowed.contains(keyword) && !ANNOTATIONS.contains(keyword)) {
        throw unsupported("keyword " + keyword + " here");
      }
    }
  }

  @SuppressWarnings("unchecked") // Json makes no other maps
  private static Map<String, Object> object(@Nullable Object value, String what) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw invalid(what + " must be an object");
  }

  private static List<?> list(@Nullable Object value, String what) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw invalid(what + " must be a list");
  }

  private static EngineException invalid(String what) {
    return new EngineException(EngineStatus.INVALID, "the schema is refused: " + what);
  }

  private static EngineException unsupported(String what) {
    return new EngineException(EngineStatus.UNSUPPORTED, "unsupported_schema: " + what);
  }
}
