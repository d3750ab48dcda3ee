package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.Ability;
import io.r1platform.inference.generation.AnswerShape;
import io.r1platform.prompts.R1Template;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code response_format}: what the answer must be; the reasoning before it is free. */
sealed interface AnswerFormat {
  /** Anything. */
  record Text() implements AnswerFormat {}

  /** A JSON object. */
  record JsonObject() implements AnswerFormat {}

  /** A value of this JSON Schema. */
  record JsonSchema(String schema) implements AnswerFormat {}

  static AnswerFormat of(Fields fields) {
    JsonNode value = fields.optional("response_format");
    if (value == null) {
      return new Text();
    }
    if (!value.isObject()) {
      throw Fields.wrongType("response_format", "an object");
    }
    return switch (value.path("type").asString("")) {
      case "text" -> new Text();
      case "json_object" -> new JsonObject();
      case "json_schema" -> new JsonSchema(schema(value.path("json_schema")));
      default ->
          throw Fields.unsupported(
              "response_format",
              "'response_format' must have the type text, json_object or json_schema.");
    };
  }

  private static String schema(JsonNode value) {
    JsonNode schema = value.get("schema");
    if (schema == null || schema.isNull()) {
      throw ServiceException.ofParam(
          ErrorCode.MISSING_PARAMETER,
          "response_format.json_schema.schema",
          "A response format of the type json_schema needs a schema.");
    }
    if (!schema.isObject()) {
      throw Fields.wrongType("response_format.json_schema.schema", "an object");
    }
    return schema.toString();
  }

  /** Whether the answer is held to anything. */
  default boolean constrains() {
    return !(this instanceof Text);
  }

  /** What a model must be able to do for it, or null. */
  default @Nullable Ability needs() {
    return switch (this) {
      case Text _ -> null;
      case JsonObject _ -> Ability.JSON_OBJECT;
      case JsonSchema _ -> Ability.JSON_SCHEMA;
    };
  }

  /** For the engine, from the end of the reasoning on. */
  default @Nullable AnswerShape shape(R1Template template) {
    int after = template.thinkCloseId();
    return switch (this) {
      case Text _ -> null;
      case JsonObject _ -> new AnswerShape.JsonObject(after);
      case JsonSchema(String schema) -> new AnswerShape.JsonSchema(schema, after);
    };
  }
}
