package io.r1platform.api.relay;

import static io.r1platform.api.relay.BatchClient.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.files.FileSweeps;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FilesIT {
  private static final Map<String, String> BATCH = Map.of("purpose", "batch");

  private Gateway gateway;
  private BatchClient client;
  private JdbcClient database;

  @BeforeEach
  void start() {
    gateway =
        new Gateway(
            Map.of(
                "r1.api.batches.look-every", "50ms",
                "r1.api.files.file-limit", "3MB",
                "r1.api.files.project-files", "4",
                "r1.api.files.project-bytes", "5MB"));
    client = new BatchClient(gateway.api, gateway.key);
    database = gateway.api.bean(JdbcClient.class);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void givesBackWhatItGot() {
    String content = "é\n" + "0123456789abcde\n".repeat(160_000); // over two chunks
    HttpResponse<String> uploaded = client.upload(content, BATCH);
    JsonNode file = json(uploaded);
    assertThat(file.path("object").asString()).isEqualTo("file");
    assertThat(file.path("bytes").asLong()).isEqualTo(2_560_003);
    assertThat(file.path("filename").asString()).isEqualTo("in.jsonl");
    assertThat(file.path("expires_at").asLong() - file.path("created_at").asLong())
        .isEqualTo(Duration.ofDays(30).toSeconds());
    String path = "/v1/files/" + file.path("id").asString();
    assertThat(json(client.get(path))).isEqualTo(file);
    assertThat(client.get(path + "/content").body()).isEqualTo(content);
    assertThat(count("select count(*) from file_chunk")).isEqualTo(3);
    assertThat(count("select count(*) from file_chunk where position('0123456789' in content) > 0"))
        .as("at rest it is encrypted")
        .isZero();
    assertThat(json(client.delete(path)).path("deleted").asBoolean()).isTrue();
    assertThat(client.get(path).statusCode()).isEqualTo(404);
    assertThat(count("select count(*) from file_chunk")).isZero();
  }

  @Test
  void lists() {
    String one = client.file("a");
    gateway.api.clock().advance(Duration.ofSeconds(1));
    String two = client.file("b");
    JsonNode page = json(client.get("/v1/files?limit=1&purpose=batch"));
    assertThat(page.path("data").path(0).path("id").asString()).isEqualTo(two);
    assertThat(page.path("has_more").asBoolean()).isTrue();
    JsonNode next = json(client.get("/v1/files?limit=1&after=" + two));
    assertThat(next.path("data").path(0).path("id").asString()).isEqualTo(one);
    assertThat(next.path("has_more").asBoolean()).isFalse();
    assertThat(json(client.get("/v1/files?order=asc")).path("first_id").asString()).isEqualTo(one);
    assertThat(client.get("/v1/files?purpose=batch_output").body()).contains("\"data\":[]");
    assertThat(client.get("/v1/files?purpose=%00").statusCode()).isEqualTo(422);
    assertThat(client.get("/v1/files?limit=0").statusCode()).isEqualTo(422);
    assertThat(client.get("/v1/files?order=up").statusCode()).isEqualTo(400);
  }

  @Test
  void refusesWhatItDoesNotDoAndKeepsNothingOfIt() {
    assertThat(client.upload("x", Map.of()).body()).contains("missing_parameter");
    assertThat(client.upload("x", Map.of("purpose", "fine-tune")).body())
        .contains("unsupported_value");
    assertThat(client.upload("x", Map.of("purpose", "batch", "colour", "red")).body())
        .contains("unsupported_parameter");
    HttpResponse<String> large = client.upload("0".repeat((3 << 20) + 1), BATCH);
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(large.headers().firstValue("x-should-retry")).contains("false");
    assertThat(
            client
                .upload(
                    "x",
                    Map.of(
                        "purpose", "batch",
                        "expires_after[anchor]", "created_at",
                        "expires_after[seconds]", "60"))
                .statusCode())
        .isEqualTo(422);
    Await.until("nothing is left", () -> count("select count(*) from file") == 0);
  }

  @Test
  void refusesAFieldThatIsGivenTwice() {
    HttpResponse<String> twice =
        gateway.api.send(
            java.net.http.HttpRequest.newBuilder(gateway.api.uri("/v1/files"))
                .header("Authorization", "Bearer " + gateway.key)
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(
                    java.net.http.HttpRequest.BodyPublishers.ofString(
                        part("purpose\"", "user_data")
                            + part("purpose\"", "batch")
                            + part("file\"; filename=\"a\"", "x")
                            + "--x--\r\n")));
    assertThat(twice.statusCode()).as(twice.body()).isEqualTo(422);
    assertThat(twice.body()).contains("\"param\":\"purpose\"", "given once");
    Await.until("nothing is left", () -> count("select count(*) from file") == 0);
  }

  private static String part(String name, String content) {
    return "--x\r\nContent-Disposition: form-data; name=\"%s\r\n\r\n%s\r\n"
        .formatted(name, content);
  }

  @Test
  void aKeyGivesNoFileThatIsOver() {
    Map<String, String> hour =
        Map.of(
            "purpose", "batch",
            "expires_after[anchor]", "created_at",
            "expires_after[seconds]", "3600");
    String first = json(client.upload("x", hour, "once")).path("id").asString();
    assertThat(json(client.upload("x", hour, "once")).path("id").asString()).isEqualTo(first);
    gateway.api.clock().advance(Duration.ofHours(2));
    String second = json(client.upload("x", hour, "once")).path("id").asString();
    assertThat(second).isNotEqualTo(first);
    assertThat(client.get("/v1/files/" + second).statusCode()).isEqualTo(200);
    client.delete("/v1/files/" + second);
    String third = json(client.upload("x", hour, "once")).path("id").asString();
    assertThat(client.get("/v1/files/" + third).statusCode()).isEqualTo(200);
  }

  @Test
  void aProjectHasItsLimits() {
    for (int i = 0; i < 4; i++) {
      client.file("x");
    }
    HttpResponse<String> fifth = client.upload("x", BATCH);
    assertThat(fifth.statusCode()).isEqualTo(409);
    assertThat(fifth.body()).contains("invalid_state", "4 files");
    JsonNode files = json(client.get("/v1/files"));
    files.path("data").forEach(file -> client.delete("/v1/files/" + file.path("id").asString()));
    client.file("0".repeat(3 << 20));
    assertThat(client.upload("0".repeat(3 << 20), BATCH).statusCode()).isEqualTo(409);
  }

  @Test
  void expiresWhenItsUploadSaid() {
    HttpResponse<String> uploaded =
        client.upload(
            "x",
            Map.of(
                "purpose", "batch",
                "expires_after[anchor]", "created_at",
                "expires_after[seconds]", "3600"));
    String path = "/v1/files/" + json(uploaded).path("id").asString();
    gateway.api.clock().advance(Duration.ofMinutes(59));
    assertThat(client.get(path).statusCode()).isEqualTo(200);
    gateway.api.clock().advance(Duration.ofMinutes(1));
    for (HttpResponse<String> gone :
        List.of(client.get(path), client.get(path + "/content"), client.delete(path))) {
      assertThat(gone.statusCode()).as(gone.body()).isEqualTo(404);
      assertThat(gone.body()).contains("\"code\":\"not_found\"");
    }
    assertThat(client.get("/v1/files").body()).contains("\"data\":[]");
    String file = path.substring("/v1/files/".length());
    assertThat(client.create(file, null).statusCode()).as("a batch over it").isEqualTo(404);
    FileSweeps.sweep(gateway.api);
    assertThat(count("select count(*) from file_chunk")).isZero();
  }

  @Test
  void aFileThatABatchReadsStays() {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
          BatchesIT.answer(chat);
        });
    String file = client.file(lines(2));
    String batch = json(client.create(file, null)).path("id").asString();
    Await.until("it runs", () -> !gateway.engine.chats().isEmpty());
    HttpResponse<String> kept = client.delete("/v1/files/" + file);
    assertThat(kept.statusCode()).isEqualTo(409);
    assertThat(kept.body()).contains("invalid_state");
    go.countDown();
    client.awaitStatus(batch, "completed");
    assertThat(client.delete("/v1/files/" + file).statusCode()).isEqualTo(200);
  }

  @Test
  void aRepeatUnderItsKeyIsTheSameFile() {
    HttpResponse<String> first = client.upload("x", BATCH, "once");
    HttpResponse<String> again = client.upload("x", BATCH, "once");
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("x-r1-replayed")).contains("true");
    HttpResponse<String> other = client.upload("y", BATCH, "once");
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body()).contains("idempotency_conflict");
    Await.until("one file", () -> count("select count(*) from file") == 1);
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private long count(String sql) {
    return database.sql(sql).query(Long.class).single();
  }
}
