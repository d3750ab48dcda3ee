package io.r1platform.inference;

import io.r1platform.testing.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * This service on the libraries of the same build as llama-server, with receipts that are durable
 * before an answer's end. It is asked as the gateway asks it.
 */
final class OurServer implements MeasuredServer {
  private static final JsonMapper JSON = new JsonMapper();

  /** Before the jar's libraries on the class path, so these are the ones it loads. */
  private static final Path LIBRARIES =
      Path.of("../native/target/cmake/source/classes").toAbsolutePath().normalize();

  private final BillingFake billing;
  private final URI address;
  private final Process process;

  private OurServer(BillingFake billing, URI address, Process process) {
    this.billing = billing;
    this.address = address;
    this.process = process;
  }

  static OurServer start(HttpClient http, HttpBench.Load load, int threads, Path directory)
      throws IOException {
    var billing = new BillingFake();
    int port = Programs.freePort();
    Path tokens = Files.writeString(directory.resolve("tokens"), RunningService.TOKEN + "\n");
    URI address = URI.create("http://127.0.0.1:" + port);
    var command =
        new ArrayList<String>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dr1.native.dir=" + Path.of("target/native-cache").toAbsolutePath(),
                "-classpath",
                LIBRARIES + File.pathSeparator + System.getProperty("java.class.path"),
                InferenceService.class.getName(),
                "--server.port=" + port,
                "--management.server.port=" + Programs.freePort(),
                "--r1.inference.models.path=" + load.model().toAbsolutePath(),
                "--r1.inference.generation.threads=" + threads,
                "--r1.inference.generation.max-running=" + load.streams(),
                "--r1.inference.generation.context-tokens=" + HttpBench.CONTEXT_TOKENS,
                "--r1.inference.security.token-file=" + tokens,
                "--r1.inference.receipts.billing-token-file=" + tokens,
                "--r1.inference.receipts.billing-url=" + billing.uri()));
    TestDatabase.create()
        .springProperties("inference")
        .forEach((name, value) -> command.add("--" + name + "=" + value));
    Process process =
        Programs.serve(
            "our-server",
            Path.of("."),
            command,
            http,
            address.resolve("/readyz"));
    return new OurServer(billing, address, process);
  }

  @Override
  public HttpRequest request(String question, int maxTokens) {
    String body =
        JSON.writeValueAsString(
            Map.of(
                "model",
                "r1-nano",
                "max_tokens",
                maxTokens,
                "stream",
                true,
                "temperature",
                0,
                "messages",
                List.of(Map.of("role", "user", "content", question))));
    return HttpRequest.newBuilder(address.resolve("/v1/chat/completions"))
        .header("Authorization", "Bearer " + RunningService.TOKEN)
        .header("x-r1-request-id", RunningService.eventId().toString()) // no tenant: nothing shared
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  @Override
  public boolean bringsText(String data) {
    return true;
  }

  @Override
  public Counted counted(JsonNode last) {
    JsonNode usage = last.path("usage");
    return new Counted(
        usage.path("prompt_tokens").asInt(), usage.path("completion_tokens").asInt());
  }

  @Override
  public void close() {
    Programs.end(process);
    billing.close();
  }
}
