package io.r1platform.api.batches;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.files.ExpiresAfter;
import io.r1platform.api.relay.LineRuns.Endpoint;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client wants run.
 *
 * @param metadata a JSON object of strings, null if it sent none
 * @param outputKeptFor null: as long as any file
 */
record BatchRequest(
    String inputFileId,
    Endpoint endpoint,
    @Nullable String metadata,
    @Nullable Duration outputKeptFor) {
  private static final String WINDOW = "24h";
  private static final int METADATA_MAX = 16;
  private static final int NAME_MAX = 64;
  private static final int VALUE_MAX = 512;

  /** Reads a body. Throws a 400 or 422 that names the field. */
  static BatchRequest parse(byte[] body, JsonMapper json) {
    JsonNode root = read(body, json);
    String endpoint = text(root, "endpoint");
    String window = text(root, "completion_window");
    if (!window.equals(WINDOW)) {
      throw ServiceException.about(
          ErrorCode.UNSUPPORTED_VALUE,
          "completion_window",
          "'completion_window' must be %s.".formatted(WINDOW));
    }
    return new BatchRequest(
        text(root, "input_file_id"),
        Endpoint.of(endpoint)
            .orElseThrow(
                () ->
                    ServiceException.about(
                        ErrorCode.UNSUPPORTED_VALUE,
                        "endpoint",
                        "'endpoint' must be /v1/chat/completions or /v1/completions.")),
        metadata(root.path("metadata")),
        keptFor(root.path("output_expires_after")));
  }

  private static JsonNode read(byte[] body, JsonMapper json) {
    try {
      JsonNode root = json.readTree(body);
      if (root.isObject()) {
        return root;
      }
      throw ServiceException.of(ErrorCode.INVALID_JSON, "The body must be a JSON object.");
    } catch (JacksonException e) {
      throw ServiceException.of(
          ErrorCode.INVALID_JSON, "The body is not JSON: " + e.getOriginalMessage());
    }
  }

  private static String text(JsonNode root, String field) {
    JsonNode value = root.path(field);
    if (value.isMissingNode() || value.isNull()) {
      throw ServiceException.about(
          ErrorCode.MISSING_PARAMETER, field, "'%s' is required.".formatted(field));
    }
    if (!value.isString()) {
      throw wrongType(field, "a string");
    }
    return value.asString();
  }

  private static @Nullable String metadata(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isObject()) {
      throw wrongType("metadata", "an object of strings");
    }
    boolean fits = value.size() <= METADATA_MAX;
    for (Map.Entry<String, JsonNode> pair : value.properties()) {
      if (!pair.getValue().isString()) {
        throw wrongType("metadata", "an object of strings");
      }
      fits =
          fits
              && pair.getKey().length() <= NAME_MAX
              && pair.getValue().asString().length() <= VALUE_MAX
              && (pair.getKey() + pair.getValue().asString()).indexOf('\0') < 0;
    }
    if (!fits) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "metadata",
          "'metadata' has at most %d pairs, of %d and %d characters."
              .formatted(METADATA_MAX, NAME_MAX, VALUE_MAX));
    }
    return value.toString();
  }

  private static @Nullable Duration keptFor(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isObject()) {
      throw wrongType("output_expires_after", "an object");
    }
    JsonNode anchor = value.path("anchor");
    JsonNode seconds = value.path("seconds");
    return ExpiresAfter.of(
        anchor.isString() ? anchor.asString() : null,
        seconds.isIntegralNumber() ? seconds.asString() : null,
        "output_expires_after");
  }

  private static ServiceException wrongType(String field, String type) {
    return ServiceException.about(
        ErrorCode.INVALID_TYPE, field, "'%s' must be %s.".formatted(field, type));
  }
}
