package io.r1platform.inference;

import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service on free ports, with the random fixture as its model. */
final class RunningService implements AutoCloseable {
  static final String TOKEN = "test-token-of-the-gateway-0000000000000000000";
  static final Path FIXTURE = Path.of("../native/src/test/resources/fixture/deepseek2-tiny.gguf");
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ConfigurableApplicationContext context;

  private RunningService(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** Starts and waits until the model is loaded. */
  static RunningService start(
      TestDatabase database, URI billing, Path tokens, Map<String, String> settings)
      throws Exception {
    Files.writeString(tokens, TOKEN + "\n");
    var all = new HashMap<String, String>(database.springProperties("inference"));
    all.put("server.port", "0");
    all.put("management.server.port", "0");
    all.put("r1.inference.models[0].path", FIXTURE.toString());
    all.put("r1.inference.security.token-file", tokens.toString());
    all.put("r1.inference.receipts.billing-token-file", tokens.toString());
    all.put("r1.inference.receipts.billing-url", billing.toString());
    all.put("r1.inference.receipts.ship-backoff", "200ms");
    all.put("r1.inference.generation.threads", "1");
    all.put("r1.inference.generation.drain-timeout", "2s");
    all.putAll(settings);
    var service =
        new RunningService(
            SpringApplication.run(
                InferenceService.class,
                all.entrySet().stream()
                    .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                    .toArray(String[]::new)));
    service.awaitReady();
    return service;
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port("local.server.port") + path);
  }

  URI managementUri(String path) {
    return URI.create("http://127.0.0.1:" + port("local.management.port") + path);
  }

  private String port(String property) {
    return context.getEnvironment().getRequiredProperty(property);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + TOKEN);
  }

  HttpRequest.Builder chat(UUID id, String body) {
    return request("/v1/chat/completions")
        .header("x-r1-request-id", id.toString())
        .header("x-r1-attempt", "1")
        .header("x-r1-replica", "1.3")
        .header("x-r1-tenant", "tenant-a")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpClient http() {
    return http;
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  /** A UUIDv7 of now. */
  static UUID eventId() {
    long millis = Clock.systemUTC().millis();
    long random = ThreadLocalRandom.current().nextLong();
    return new UUID(
        (millis << 16) | 0x7000L | (random & 0xFFFL),
        0x8000000000000000L | (ThreadLocalRandom.current().nextLong() >>> 2));
  }

  private void awaitReady() throws Exception {
    Await.until(
        "the model is ready",
        () ->
            http.send(
                        HttpRequest.newBuilder(uri("/readyz")).build(),
                        HttpResponse.BodyHandlers.ofString())
                    .statusCode()
                == 200);
  }

  @Override
  public void close() {
    context.close();
  }
}
