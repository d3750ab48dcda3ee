package io.r1platform.inference;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What r1-nano answers to random schemas, judged by another implementation of JSON Schema. */
final class SchemaAnswers {
  /** Keywords of JSON Schema 2020-12 that no answer can be held to. */
  static final List<String> UNSUPPORTED =
      List.of(
          "allOf",
          "oneOf",
          "not",
          "if",
          "then",
          "else",
          "dependentSchemas",
          "dependentRequired",
          "prefixItems",
          "contains",
          "minContains",
          "maxContains",
          "patternProperties",
          "propertyNames",
          "unevaluatedItems",
          "unevaluatedProperties",
          "minProperties",
          "maxProperties",
          "uniqueItems",
          "multipleOf",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "pattern",
          "format");

  private static final int AT_ONCE = 16;
  private static final SchemaRegistry JUDGE =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final RunningService service;

  SchemaAnswers(RunningService service) {
    this.service = service;
  }

  /**
   * How the answers ended.
   *
   * @param stopped by themselves
   * @param cut at their cap
   * @param wrong of the stopped ones: each with its schema
   */
  record Result(int stopped, int cut, List<String> wrong) {}

  Result ask(int count, long seed) throws Exception {
    var schemas = new RandomSchemas(seed);
    var answers = new ArrayList<Future<JsonNode>>();
    var asked = new ArrayList<String>();
    int stopped = 0;
    var wrong = new ArrayList<String>();
    try (var clients = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < count; i++) {
        String schema = schemas.next().toString();
        long drawn = seed * count + i;
        asked.add(schema);
        answers.add(clients.submit(() -> choice(schema, drawn)));
      }
      for (int i = 0; i < count; i++) {
        JsonNode choice = answers.get(i).get();
        if (choice.path("finish_reason").asString().equals("stop")) {
          stopped++;
          String answer = choice.path("message").path("content").asString();
          if (!valid(asked.get(i), answer)) {
            wrong.add(asked.get(i) + " got " + answer);
          }
        }
      }
    }
    return new Result(stopped, count - stopped, wrong);
  }

  /** The refusal of a schema that has this keyword somewhere inside. */
  HttpResponse<String> refusal(String keyword) throws Exception {
    ObjectNode schema = (ObjectNode) RunningService.json("{\"type\":\"object\"}");
    ObjectNode inner = schema.putObject("properties").putObject("n").put("type", "array");
    inner.putObject("items").put("type", "string").putObject(keyword);
    return send(schema.toString(), 1);
  }

  private JsonNode choice(String schema, long seed) throws Exception {
    HttpResponse<String> response = send(schema, seed);
    if (response.statusCode() != 200) {
      throw new IllegalStateException(response.body() + " for " + schema);
    }
    return RunningService.json(response.body()).path("choices").get(0);
  }

  private HttpResponse<String> send(String schema, long seed) throws Exception {
    return service.send(
        service.chat(
            RunningService.eventId(),
            """
            {"model":"r1-nano","messages":[{"role":"user","content":"What is 3 + 4?"}],
             "temperature":0.8,"seed":%d,"max_tokens":500,
             "response_format":{"type":"json_schema","json_schema":{"name":"x","schema":%s}}}
            """
                .formatted(seed, schema)));
  }

  private static boolean valid(String schema, String answer) {
    try {
      return JUDGE.getSchema(schema, InputFormat.JSON).validate(answer, InputFormat.JSON).isEmpty();
    } catch (RuntimeException e) {
      throw new IllegalStateException("cannot be judged: " + schema + " with " + answer, e);
    }
  }
}
