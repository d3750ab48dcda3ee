package io.r1platform.api.relay;

import io.r1platform.api.OpenApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A described operation, as a fuzzer sees it.
 *
 * @param method in capitals
 * @param path with {@code {names}} of its parameters
 * @param body the schema of the body, null if it takes none
 * @param bodyType the media type of the body, empty if it takes none
 */
record FuzzOperation(
    String method,
    String path,
    List<Parameter> parameters,
    @Nullable JsonNode body,
    String bodyType) {
  private static final String JSON_TYPE = "application/json";

  /**
   * A parameter.
   *
   * @param in path, query or header
   * @param example a good value; missing if the description has none
   */
  record Parameter(String name, String in, boolean required, JsonNode schema, JsonNode example) {}

  /** Everything that the description has. */
  static List<FuzzOperation> all(OpenApi description) {
    List<FuzzOperation> operations = new ArrayList<>();
    description
        .document()
        .path("paths")
        .forEachEntry(
            (path, item) ->
                item.forEachEntry(
                    (method, operation) -> {
                      if (!method.equals("parameters")) {
                        operations.add(of(description, path, method, item, operation));
                      }
                    }));
    return operations;
  }

  private static FuzzOperation of(
      OpenApi description, String path, String method, JsonNode item, JsonNode operation) {
    List<Parameter> parameters = new ArrayList<>();
    for (JsonNode owner : List.of(item, operation)) {
      for (JsonNode parameter : owner.path("parameters")) {
        JsonNode one = description.followed(parameter);
        parameters.add(
            new Parameter(
                one.path("name").asString(),
                one.path("in").asString(),
                one.path("required").asBoolean(false),
                one.path("schema"),
                one.path("example")));
      }
    }
    JsonNode content = description.followed(operation.path("requestBody")).path("content");
    String type =
        content.isEmpty() || content.has(JSON_TYPE)
            ? JSON_TYPE
            : content.propertyNames().iterator().next();
    JsonNode schema = content.path(type).path("schema");
    return new FuzzOperation(
        method.toUpperCase(Locale.ROOT),
        path,
        parameters,
        schema.isMissingNode() ? null : schema,
        schema.isMissingNode() ? "" : type);
  }

  /** The parameters of one place. */
  List<Parameter> in(String place) {
    return parameters.stream().filter(parameter -> parameter.in.equals(place)).toList();
  }

  boolean takes(String header) {
    return in("header").stream().anyMatch(parameter -> parameter.name.equalsIgnoreCase(header));
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
