package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of files and batches. */
final class BatchClient {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String BOUNDARY = "x-boundary-x";

  private final RunningApi api;
  private final String key;

  BatchClient(RunningApi api, String key) {
    this.api = api;
    this.key = key;
  }

  /** A line of a batch of chats. */
  static String line(String customId, String prompt) {
    return """
        {"custom_id":"%s","method":"POST","url":"/v1/chat/completions","body":{"model":"r1-nano",\
        "messages":[{"role":"user","content":"%s"}],"max_tokens":20}}
        """
        .formatted(customId, prompt);
  }

  /** Lines that are named l1, l2 and so on. */
  static String lines(int count) {
    var lines = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      lines.append(line("l" + i, "hi " + i));
    }
    return lines.toString();
  }

  HttpResponse<String> upload(String content, Map<String, String> fields) {
    return upload(content, fields, null);
  }

  HttpResponse<String> upload(
      String content, Map<String, String> fields, @Nullable String idempotencyKey) {
    var body = new StringBuilder();
    body.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\";")
        .append(" filename=\"in.jsonl\"\r\nContent-Type: application/jsonl\r\n\r\n")
        .append(content)
        .append("\r\n");
    new TreeMap<>(fields)
        .forEach(
            (name, value) ->
                body.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"")
                    .append(name + "\"\r\n\r\n" + value + "\r\n"));
    body.append("--" + BOUNDARY + "--\r\n");
    HttpRequest.Builder request =
        request("/v1/files")
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .POST(BodyPublishers.ofString(body.toString()));
    if (idempotencyKey != null) {
      request.header("Idempotency-Key", idempotencyKey);
    }
    return api.send(request);
  }

  /** The id of a fresh file. */
  String file(String content) {
    HttpResponse<String> answer = upload(content, Map.of("purpose", "batch"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("id").asString();
  }

  HttpResponse<String> create(String fileId, @Nullable String idempotencyKey) {
    return create(fileId, idempotencyKey, "");
  }

  /**
   * Creates one.
   *
   * @param more further members, each with a comma before it
   */
  HttpResponse<String> create(String fileId, @Nullable String idempotencyKey, String more) {
    HttpRequest.Builder request =
        request("/v1/batches")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    """
                    {"input_file_id":"%s","endpoint":"/v1/chat/completions",
                     "completion_window":"24h","metadata":{"run":"7"}%s}
                    """
                        .formatted(fileId, more)));
    if (idempotencyKey != null) {
      request.header("Idempotency-Key", idempotencyKey);
    }
    return api.send(request);
  }

  /** The id of a fresh batch over these lines. */
  String batch(String content) {
    HttpResponse<String> answer = create(file(content), null);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("id").asString();
  }

  HttpResponse<String> post(String path) {
    return api.send(request(path).POST(BodyPublishers.noBody()));
  }

  HttpResponse<String> delete(String path) {
    return api.send(request(path).DELETE());
  }

  HttpResponse<String> get(String path) {
    return api.get(path, key);
  }

  JsonNode see(String batch) {
    return JSON.readTree(get("/v1/batches/" + batch).body());
  }

  /** The batch once it is in that state. */
  JsonNode awaitStatus(String batch, String status) {
    return Await.value(
        batch + " is " + status,
        () -> {
          JsonNode seen = see(batch);
          return seen.path("status").asString().equals(status) ? seen : null;
        });
  }

  /** The lines of a file that a batch names; none where it names none. */
  List<JsonNode> content(JsonNode batch, String which) {
    List<JsonNode> lines = new ArrayList<>();
    JsonNode id = batch.path(which);
    if (id.isString()) {
      HttpResponse<String> content = get("/v1/files/" + id.asString() + "/content");
      assertThat(content.statusCode()).isEqualTo(200);
      content.body().lines().forEach(line -> lines.add(JSON.readTree(line)));
    }
    return lines;
  }

  static List<String> names(List<JsonNode> lines) {
    return lines.stream().map(line -> line.path("custom_id").asString()).toList();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(api.uri(path)).header("Authorization", "Bearer " + key);
  }
}
