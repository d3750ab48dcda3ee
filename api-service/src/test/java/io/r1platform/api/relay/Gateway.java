package io.r1platform.api.relay;

import io.r1platform.api.Await;
import io.r1platform.api.FakeBilling;
import io.r1platform.api.RunningApi;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.IssuedKey;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.keys.TestRights;
import io.r1platform.api.metering.JournalReports;
import io.r1platform.api.prices.Prices;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A running gateway between a scripted engine and a client with a key. */
final class Gateway implements AutoCloseable {
  final TestDatabase database = TestDatabase.create();
  final FakeEngine engine = new FakeEngine();
  final FakeBilling billing = new FakeBilling();
  final RunningApi api;
  final long organizationId;
  private final long projectId;
  final String key;
  private IssuedKey lastKey;
  private final HttpClient http = HttpClient.newHttpClient();

  Gateway(Map<String, String> settings, Class<?>... beans) {
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("r1.api.upstreams.inference-url", engine.url());
    all.put("r1.api.billing.url", billing.url());
    api = RunningApi.start(database, all, beans);
    Tenants tenants = api.bean(Tenants.class);
    organizationId = tenants.createOrganization("Acme", 3).id();
    projectId = tenants.createProject(organizationId, "Chat").id();
    lastKey = api.bean(Keys.class).issue(projectId, TestRights.everything("test"));
    key = lastKey.secret();
    Catalogue catalogue = api.bean(Catalogue.class);
    Await.until(
        "prices and models",
        () ->
            api.bean(Prices.class).at(2, RunningApi.START).isPresent()
                && (settings.containsKey("r1.api.upstreams.inference-url")
                    || catalogue.card(catalogue.served().getFirst()).isPresent()));
    Await.until("keys", () -> api.get("/v1/models", key).statusCode() == 200);
  }

  /** The whole answer to a chat completion. */
  HttpResponse<String> chat(String body) {
    return chatAsync(body).join();
  }

  /** With another key. */
  HttpResponse<String> chatAs(String apiKey, String body) {
    return http.sendAsync(request(body, apiKey), BodyHandlers.ofString()).join();
  }

  /** The same body to another path. */
  HttpResponse<String> post(String path, String body) {
    return postAs(key, path, body);
  }

  /** The same with another key. */
  HttpResponse<String> postAs(String apiKey, String path, String body) {
    return api.send(
        HttpRequest.newBuilder(api.uri(path))
            .header("Authorization", "Bearer " + apiKey)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  CompletableFuture<HttpResponse<String>> chatAsync(String body) {
    return http.sendAsync(request(body, key), BodyHandlers.ofString());
  }

  /** The answer as it comes; closing the body hangs up. */
  HttpResponse<InputStream> open(String body) {
    return open(body, key);
  }

  HttpResponse<InputStream> open(String body, String apiKey) {
    try {
      return http.send(request(body, apiKey), BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Another key of the same project. */
  String issueKey() {
    lastKey = api.bean(Keys.class).issue(projectId, "another", null);
    return lastKey.secret();
  }

  /** Who calls with the last issued key. */
  Caller caller() {
    return new Caller(lastKey.key().id(), projectId, organizationId);
  }

  /** Takes the last issued key back. */
  void revokeLastKey() {
    api.bean(Keys.class).revoke(lastKey.key().id(), lastKey.key().version());
  }

  private HttpRequest request(String body, String apiKey) {
    return HttpRequest.newBuilder(api.uri("/v1/chat/completions"))
        .timeout(Duration.ofSeconds(40))
        .header("Authorization", "Bearer " + apiKey)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  HttpResponse<String> get(String path) {
    return api.get(path, key);
  }

  /** The FINAL of a request, once there is one. */
  JournalReports.Entry finalOf(String id) {
    JournalReports reports = api.bean(JournalReports.class);
    return Await.value(
        "the FINAL of " + id,
        () ->
            reports
                .find(UUID.fromString(id))
                .filter(entry -> entry.finishedAt() != null)
                .orElse(null));
  }

  /** How many rows the journal has of this request. */
  long rows(String id, String kind) {
    return api.bean(org.springframework.jdbc.core.simple.JdbcClient.class)
        .sql("select count(*) from usage_journal where event_id = cast(? as uuid) and kind = ?")
        .params(id, kind)
        .query(Long.class)
        .single();
  }

  /** The flags of a request's FINAL; bit 2 says that the count is the gateway's. */
  int flags(String id) {
    finalOf(id);
    return api.bean(org.springframework.jdbc.core.simple.JdbcClient.class)
        .sql(
            """
            select get_byte(record, 2) * 256 + get_byte(record, 3) from usage_journal
            where event_id = cast(? as uuid) and kind = 'F'
            """)
        .param(id)
        .query(Integer.class)
        .single();
  }

  static String id(HttpResponse<?> response) {
    return response.headers().firstValue("x-request-id").orElseThrow();
  }

  /** Reads until {@code text} has come. */
  static String readUntil(InputStream in, String text) {
    var read = new StringBuilder();
    byte[] buffer = new byte[4096];
    try {
      while (read.indexOf(text) < 0) {
        int n = in.read(buffer);
        if (n < 0) {
          throw new AssertionError("the stream ended before '" + text + "': " + read);
        }
        read.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(read.toString(), e);
    }
    return read.toString();
  }

  @Override
  public void close() {
    http.shutdownNow();
    api.close();
    engine.close();
    billing.close();
  }
}
