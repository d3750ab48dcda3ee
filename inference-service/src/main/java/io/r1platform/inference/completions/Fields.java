package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads fields of a JSON object, or says what is wrong with them. Null counts as absent. */
record Fields(JsonNode object) {
  static Fields parse(JsonMapper json, byte[] body) {
    JsonNode root;
    try {
      root = json.readTree(body);
    } catch (JacksonException e) {
      throw ServiceException.of(ErrorCode.INVALID_JSON, "The body is not valid JSON.");
    }
    if (!root.isObject()) {
      throw ServiceException.of(ErrorCode.INVALID_JSON, "The body must be a JSON object.");
    }
    return new Fields(root);
  }

  @Nullable JsonNode optional(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  JsonNode required(String name) {
    JsonNode value = optional(name);
    if (value == null) {
      throw ServiceException.ofParam(
          ErrorCode.MISSING_PARAMETER, name, "'%s' is required.".formatted(name));
    }
    return value;
  }

  String text(String name) {
    JsonNode value = required(name);
    if (!value.isString()) {
      throw wrongType(name, "a string");
    }
    return value.asString();
  }

  boolean flag(String name) {
    JsonNode value = optional(name);
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw wrongType(name, "true or false");
    }
    return value.asBoolean();
  }

  double number(String name, double absent, double min, double max) {
    JsonNode value = optional(name);
    if (value == null) {
      return absent;
    }
    if (!value.isNumber()) {
      throw wrongType(name, "a number");
    }
    double number = value.asDouble();
    if (!(number >= min && number <= max)) {
      throw ServiceException.invalidValue(
          name, "'%s' must be %s to %s.".formatted(name, plain(min), plain(max)));
    }
    return number;
  }

  @Nullable Long integer(String name, long min, long max) {
    JsonNode value = optional(name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber()) {
      throw wrongType(name, "an integer");
    }
    if (!value.canConvertToLong() || value.asLong() < min || value.asLong() > max) {
      throw ServiceException.invalidValue(name, "'%s' must be %d to %d.".formatted(name, min, max));
    }
    return value.asLong();
  }

  static ServiceException wrongType(String name, String expected) {
    return ServiceException.ofParam(
        ErrorCode.INVALID_TYPE, name, "'%s' must be %s.".formatted(name, expected));
  }

  static ServiceException unsupported(String name, String why) {
    return ServiceException.ofParam(ErrorCode.UNSUPPORTED_PARAMETER, name, why);
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
