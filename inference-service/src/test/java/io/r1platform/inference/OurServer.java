package io.r1platform.inference;

import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Path;
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

  private final ServiceProcess service;

  private OurServer(ServiceProcess service) {
    this.service = service;
  }

  static OurServer start(HttpClient http, HttpBench.Load load, int threads, Path directory)
      throws IOException {
    return new OurServer(
        ServiceProcess.start(
            http,
            directory,
            List.of( // the JVM's options are those of ./r1 up
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-classpath",
                LIBRARIES + File.pathSeparator + System.getProperty("java.class.path")),
            Map.of(
                "r1.inference.models[0].path",
                load.model().toAbsolutePath().toString(),
                "r1.inference.models[0].max-running",
                Integer.toString(load.streams()),
                "r1.inference.models[0].context-tokens",
                Integer.toString(HttpBench.CONTEXT_TOKENS),
                "r1.inference.generation.threads",
                Integer.toString(threads))));
  }

  @Override
  public HttpRequest request(String question, int maxTokens) {
    Map<String, Object> body =
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
            List.of(Map.of("role", "user", "content", question)));
    HttpRequest request = service.chat(RunningService.eventId(), JSON.writeValueAsString(body));
    return HttpRequest.newBuilder(request, (_, _) -> true).header("Connection", "close").build();
  }

  /** Its first event has the first text. */
  @Override
  public boolean bringsText(String data) {
    return true;
  }

  @Override
  public Counted counted(JsonNode last) {
    JsonNode usage = last.path("usage");
    return new Counted(
        usage.path("prompt_tokens").asInt(),
        usage.path("completion_tokens").asInt(),
        last.path("r1").path("ttft_ms").asLong());
  }

  @Override
  public void close() {
    service.close();
  }
}
