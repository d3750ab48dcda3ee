package io.r1platform.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A description of an API of ours, as another implementation of JSON Schema reads it. */
public final class OpenApi {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final SchemaRegistry JUDGE =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final JsonNode document;
  private final Map<JsonNode, Schema> compiled = new ConcurrentHashMap<>();

  /** Reads it. */
  public OpenApi(String document) {
    this.document = JSON.readTree(document);
  }

  /** All of it. */
  public JsonNode document() {
    return document;
  }

  /** Methods and paths, as {@code POST /v1/quotes}. */
  public List<String> routes() {
    List<String> routes = new ArrayList<>();
    document
        .path("paths")
        .forEachEntry(
            (path, item) ->
                item.forEachEntry(
                    (method, operation) -> {
                      if (!method.equals("parameters")) {
                        routes.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path);
                      }
                    }));
    return routes;
  }

  /** The codes that an error may have. */
  public List<String> errorCodes() {
    List<String> codes = new ArrayList<>();
    resolve("#/components/schemas/ErrorCode").path("enum").forEach(c -> codes.add(c.asString()));
    return codes;
  }

  /** What is wrong with a value; empty if nothing. */
  public String judge(JsonNode schema, JsonNode value) {
    var errors =
        compiled
            .computeIfAbsent(schema, this::compile)
            .validate(value.toString(), InputFormat.JSON);
    return errors.isEmpty() ? "" : errors.toString();
  }

  private Schema compile(JsonNode schema) {
    ObjectNode whole = JSON.createObjectNode();
    whole.set("components", document.path("components"));
    whole.putArray("allOf").add(schema);
    return JUDGE.getSchema(whole.toString(), InputFormat.JSON);
  }

  /** The schema of a route's JSON answer; an error where the status is described nowhere else. */
  public JsonNode answer(String path, String method, int status) {
    JsonNode responses = document.path("paths").path(path).path(method).path("responses");
    JsonNode own = responses.path(Integer.toString(status));
    JsonNode response = followed(own.isMissingNode() ? responses.path("default") : own);
    JsonNode content = response.path("content");
    JsonNode problem = content.path("application/problem+json").path("schema");
    JsonNode schema = content.path("application/json").path("schema");
    if (schema.isMissingNode() && !problem.isMissingNode()) {
      return problem;
    }
    assertThat(schema.isObject()).as("%s %s %d is described", method, path, status).isTrue();
    return schema;
  }

  /** Every example with the schema that it stands for, by where it stands. */
  public void examples(BiConsumer<String, Example> each) {
    document
        .path("components")
        .path("schemas")
        .forEachEntry(
            (name, schema) -> {
              assertThat(schema.path("examples").size()).as(name).isPositive();
              for (JsonNode example : schema.path("examples")) {
                each.accept(name, new Example(reference(name), example));
              }
            });
    document
        .path("components")
        .path("parameters")
        .forEachEntry(
            (name, parameter) -> {
              assertThat(parameter.has("example")).as(name).isTrue();
              each.accept(name, new Example(parameter.path("schema"), parameter.path("example")));
            });
  }

  /** A value and what it must satisfy. */
  public record Example(JsonNode schema, JsonNode value) {}

  /** Every {@code $ref} anywhere. */
  public List<String> references() {
    return document.findValuesAsString("$ref");
  }

  /** What a reference leads to. */
  public JsonNode resolve(String reference) {
    return document.at(reference.substring(1));
  }

  /** What a reference leads to; anything else is itself. */
  public JsonNode followed(JsonNode node) {
    return node.has("$ref") ? resolve(node.path("$ref").asString()) : node;
  }

  private static JsonNode reference(String schema) {
    return JSON.createObjectNode().put("$ref", "#/components/schemas/" + schema);
  }
}
