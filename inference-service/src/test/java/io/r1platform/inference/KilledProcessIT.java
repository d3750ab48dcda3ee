package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that ships, as a process: killed hard, started again, stopped softly. */
final class KilledProcessIT {
  private static final Path JAR = Path.of("target", "inference-service-0.1.0-SNAPSHOT-exec.jar");
  private static final String BODY =
      """
      {"model":"r1-nano","max_tokens":8,"messages":[{"role":"user","content":"Hi"}]}
      """;

  private static final String STREAM =
      """
      {"model":"r1-nano","max_tokens":480,"stream":true,"temperature":0,
       "messages":[{"role":"user","content":"Count."}]}
      """;
  private static final int STREAMS = 16;

  private final TestDatabase database = TestDatabase.create();
  private final HttpClient http = HttpClient.newHttpClient();
  private int port;

  private Process start(Path tokens, URI billing) throws IOException {
    port = freePort();
    var command =
        new ArrayList<String>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-jar",
                JAR.toString(),
                "--server.port=" + port,
                "--management.server.port=" + freePort(),
                "--r1.inference.models[0].path=" + RunningService.FIXTURE,
                "--r1.inference.security.token-file=" + tokens,
                "--r1.inference.receipts.billing-token-file=" + tokens,
                "--r1.inference.receipts.billing-url=" + billing));
    database
        .springProperties("inference")
        .forEach((name, value) -> command.add("--" + name + "=" + value));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Path.of("target", "killed-process.log").toFile())
            .start();
    Await.until("the process is ready", () -> process.isAlive() && status("/readyz") == 200);
    return process;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private int status(String path) throws InterruptedException {
    try {
      return http.send(
              HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
          .statusCode();
    } catch (IOException e) {
      return 0; // not listening yet
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private HttpRequest request(UUID id, String body) {
    return HttpRequest.newBuilder(uri("/v1/chat/completions"))
        .header("Authorization", "Bearer " + RunningService.TOKEN)
        .header("x-r1-request-id", id.toString())
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private String complete() throws Exception {
    UUID id = RunningService.eventId();
    HttpResponse<String> answer =
        http.send(request(id, BODY), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return id.toString();
  }

  /** Streams that have begun, by id. */
  private Map<String, InputStream> openStreams() throws Exception {
    var open = new LinkedHashMap<String, InputStream>();
    for (int i = 0; i < STREAMS; i++) {
      UUID id = RunningService.eventId();
      HttpResponse<InputStream> begun =
          http.send(request(id, STREAM), HttpResponse.BodyHandlers.ofInputStream());
      assertThat(begun.statusCode()).isEqualTo(200);
      open.put(id.toString(), begun.body());
    }
    return open;
  }

  @Test
  void noAnsweredRequestLosesItsReceiptWhenTheProcessIsKilled(@TempDir Path directory)
      throws Exception {
    Path tokens = Files.writeString(directory.resolve("tokens"), RunningService.TOKEN + "\n");
    var answered = new ArrayList<String>();
    try (var billing = new BillingFake()) {
      billing.away(true);
      Process killed = start(tokens, billing.uri());
      for (int i = 0; i < 3; i++) {
        answered.add(complete());
      }
      killed.destroyForcibly().waitFor();
      billing.away(false);

      Process successor = start(tokens, billing.uri());
      answered.add(complete());
      Map<String, InputStream> open = openStreams();
      successor.destroy();

      for (InputStream stream : open.values()) {
        Stream whole = Stream.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        assertThat(whole.done()).isTrue();
        assertThat(whole.usageChunk().path("usage").path("completion_tokens").asInt())
            .isEqualTo(480);
      }
      answered.addAll(open.keySet());
      assertThat(successor.waitFor()).isEqualTo(143); // 128 + SIGTERM: it stopped in order
      assertThat(billing.receipts())
          .extracting(receipt -> receipt.path("event_id").asString())
          .containsExactlyInAnyOrderElementsOf(answered);
      assertThat(billing.ended()).hasSize(2);
    }
  }
}
