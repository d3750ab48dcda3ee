package io.r1platform.api.relay;

import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A client that sends its requests again under their key. */
final class KeyedClient implements AutoCloseable {
  static final String CHAT = "/v1/chat/completions";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final RunningApi api;
  private final String apiKey;

  KeyedClient(RunningApi api, String apiKey) {
    this.api = api;
    this.apiKey = apiKey;
  }

  HttpResponse<String> chat(String key, String body) {
    return chatAsync(key, body).join();
  }

  CompletableFuture<HttpResponse<String>> chatAsync(String key, String body) {
    return http.sendAsync(request(CHAT, key, body).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String key, String body) {
    return http.sendAsync(request(path, key, body).build(), BodyHandlers.ofString()).join();
  }

  /** The rest of a stream of which the client has {@code tokens}. */
  HttpResponse<String> resume(String key, String body, int tokens) {
    var request = request(CHAT, key, body).header("Last-Event-ID", Integer.toString(tokens));
    return http.sendAsync(request.build(), BodyHandlers.ofString()).join();
  }

  /** The same as it comes; closing the body hangs up. */
  HttpResponse<InputStream> open(String key, String body, int tokens) {
    var request = request(CHAT, key, body).header("Last-Event-ID", Integer.toString(tokens));
    try {
      return http.send(request.build(), BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest.Builder request(String path, String key, String body) {
    return HttpRequest.newBuilder(api.uri(path))
        .timeout(Duration.ofSeconds(40))
        .header("Authorization", "Bearer " + apiKey)
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", key)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  /** Waits until the database has the answer of everything that ran with a key. */
  static void awaitStored(RunningApi api) {
    JdbcClient database = api.bean(JdbcClient.class);
    Await.until(
        "every answer is stored",
        () ->
            database
                    .sql("select count(*) from idempotency where charged is null")
                    .query(Long.class)
                    .single()
                == 0);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
