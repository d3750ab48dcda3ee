package io.r1platform.inference.completions;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Refuses what this engine does not do and a caller would rely on. */
final class Unsupported {
  private static final List<String> NEVER =
      List.of("functions", "function_call", "audio", "web_search_options", "moderation");

  private Unsupported() {}

  static void refuse(Fields fields) {
    for (String name : NEVER) {
      if (fields.optional(name) != null) {
        throw Fields.unsupported(name, "'%s' is not supported.".formatted(name));
      }
    }
    refuseOther(fields, "service_tier", List.of("auto", "default"));
    refuseType(fields, "thinking", "enabled");
    JsonNode effort = fields.optional("reasoning_effort");
    if (effort != null && List.of("none", "minimal").contains(effort.asString(""))) {
      throw Fields.unsupported("reasoning_effort", "This model always reasons.");
    }
    JsonNode modalities = fields.optional("modalities");
    refuseIf(modalities != null && modalities.toString().contains("\"audio\""), "modalities");
  }

  private static void refuseIf(boolean asked, String name) {
    if (asked) {
      throw Fields.unsupported(name, "This model does not support '%s'.".formatted(name));
    }
  }

  private static void refuseOther(Fields fields, String name, List<String> supported) {
    JsonNode value = fields.optional(name);
    if (value != null && !supported.contains(value.asString(""))) {
      throw Fields.unsupported(
          name, "'%s' must be one of %s.".formatted(name, String.join(", ", supported)));
    }
  }

  private static void refuseType(Fields fields, String name, String supported) {
    JsonNode value = fields.optional(name);
    if (value != null && !value.path("type").asString("").equals(supported)) {
      throw Fields.unsupported(
          name, "'%s' must have the type '%s' with this model.".formatted(name, supported));
    }
  }
}
