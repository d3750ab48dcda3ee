package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * The jar that ships, with the TensorRT-LLM backend chosen by its settings: the real library,
 * CPython and driver over the stand-in for tensorrt_llm. Not run on a GPU.
 */
final class TensorRtLlmIT {
  private static final Path JAR = Path.of("target", "inference-service-0.1.0-SNAPSHOT-exec.jar");
  private static final Path NATIVE = Path.of("..", "native").toAbsolutePath().normalize();
  private static final int OPEN = 4;
  private static final String ENDLESS =
      "{\"step_ms\": 2, \"output_tokens\": 60000, \"context_tokens\": 65536}";

  private final TestDatabase database = TestDatabase.create();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private int port;

  @BeforeAll
  static void assumeBuilt() {
    assumeThat(NATIVE.resolve("target/classes/native/linux-x86_64/libr1_trtllm.so"))
        .as("trtllm backend skipped: Python development headers not found")
        .exists();
  }

  private static Path checkpoint(Path directory, String plan) throws IOException {
    Files.writeString(directory.resolve("config.json"), "{\"vocab_size\": 288}");
    Files.writeString(directory.resolve("stand_in.json"), plan);
    Files.writeString(directory.resolve("model.safetensors"), "weights");
    return directory;
  }

  private Process start(Path directory, String plan, URI billing) throws IOException {
    port = freePort();
    Path tokens = Files.writeString(directory.resolve("tokens"), RunningService.TOKEN + "\n");
    var command =
        new ArrayList<String>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-jar",
                JAR.toString(),
                "--server.port=" + port,
                "--management.server.port=" + freePort(),
                "--r1.inference.generation.backend=trtllm",
                "--r1.inference.generation.backend-options={\"python_path\": [\""
                    + NATIVE.resolve("src/test/python")
                    + "\"]}",
                "--r1.inference.models[0].path=" + checkpoint(directory, plan),
                "--r1.inference.models[0].name=deepseek-r1",
                "--r1.inference.security.token-file=" + tokens,
                "--r1.inference.receipts.billing-token-file=" + tokens,
                "--r1.inference.receipts.billing-url=" + billing));
    database
        .springProperties("inference")
        .forEach((name, value) -> command.add("--" + name + "=" + value));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(Path.of("target", "tensorrt-llm.log").toFile())
        .start();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private boolean isReady() throws InterruptedException {
    try {
      return http.send(
                  HttpRequest.newBuilder(uri("/readyz")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private HttpRequest chat(int maxTokens, boolean stream) {
    return HttpRequest.newBuilder(uri("/v1/chat/completions"))
        .header("Authorization", "Bearer " + RunningService.TOKEN)
        .header("Content-Type", "application/json")
        .header("x-r1-request-id", RunningService.eventId().toString())
        .POST(
            HttpRequest.BodyPublishers.ofString(
                """
                {"model":"deepseek-r1","max_tokens":%d,"stream":%s,
                 "messages":[{"role":"user","content":"Hi"}]}
                """
                    .formatted(maxTokens, stream)))
        .build();
  }

  @Test
  void rankCrashEndsEveryRequestAndTheProcess(@TempDir Path directory) throws Exception {
    try (var billing = new BillingFake()) {
      Process process = start(directory, ENDLESS, billing.uri());
      try {
        Await.until("the process is ready", () -> process.isAlive() && isReady());
        answersTwentyTokens();
        List<Iterator<String>> streams = openStreams();
        process.children().forEach(ProcessHandle::destroyForcibly); // the ranks
        for (Iterator<String> lines : streams) {
          assertThat(lastData(lines)).contains("\"error\"", "engine_failed");
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(70);
      } finally {
        process.destroyForcibly();
      }
    }
    assertThat(
            JdbcClient.create(database.superuser())
                .sql("select count(*) from inference.engine_receipt where finish = 'error'")
                .query(Integer.class)
                .single())
        .isEqualTo(OPEN);
  }

  @Test
  void aLoadThatFailsEndsTheProcess(@TempDir Path directory) throws Exception {
    try (var billing = new BillingFake()) {
      Process process = start(directory, "{\"load_fails\": \"NCCL timed out\"}", billing.uri());
      try {
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(70);
      } finally {
        process.destroyForcibly();
      }
    }
    assertThat(Files.readString(Path.of("target", "tensorrt-llm.log"))).contains("NCCL timed out");
  }

  private void answersTwentyTokens() throws Exception {
    HttpResponse<String> answer = http.send(chat(20, false), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode whole = RunningService.json(answer.body());
    assertThat(whole.path("usage").path("completion_tokens").asInt()).isEqualTo(20);
    assertThat(whole.path("choices").path(0).path("finish_reason").asString()).isEqualTo("length");
  }

  /** Streams of which each has its first token. */
  private List<Iterator<String>> openStreams() throws Exception {
    List<Iterator<String>> streams = new ArrayList<>();
    for (int i = 0; i < OPEN; i++) {
      Iterator<String> lines =
          http.send(chat(30_000, true), HttpResponse.BodyHandlers.ofLines()).body().iterator();
      Await.until("a token came", () -> lines.next().contains("\"delta\""));
      streams.add(lines);
    }
    return streams;
  }

  private static String lastData(Iterator<String> lines) {
    String last = "";
    while (lines.hasNext()) {
      String line = lines.next();
      last = line.startsWith("data: ") ? line : last;
    }
    return last;
  }
}
