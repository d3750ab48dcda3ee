package io.r1platform.standalone.admin;

import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The admin API of one running platform, logged in as its operator. A refusal or an unreachable
 * server is an {@link IllegalStateException} that repeats what the server said.
 */
public final class AdminApi {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String url;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
          .build();
  private String csrfHeader = "X-CSRF-TOKEN";
  private @Nullable String csrfToken;

  private AdminApi(String url) {
    this.url = url;
  }

  /** Logs in. */
  public static AdminApi login(String url, String email, String password) {
    var api = new AdminApi(url);
    api.takeCsrf(api.call("GET", "/admin/api/session", null));
    api.takeCsrf(
        api.call("POST", "/admin/api/session", Map.of("email", email, "password", password)));
    return api;
  }

  /** The JSON answer to GET. */
  public JsonNode get(String path) {
    return call("GET", path, null);
  }

  /** The JSON answer to POST of {@code body} as JSON. */
  public JsonNode post(String path, Object body) {
    return call("POST", path, body);
  }

  /**
   * Calls any method.
   *
   * @param body an object to send as JSON, or nothing
   * @return the JSON answer, a missing node if it is empty
   */
  public JsonNode call(String method, String path, @Nullable Object body) {
    return call(request(path), method, path, body);
  }

  /** The same about an object of which this version has been seen: 412 if it is another now. */
  public JsonNode call(String method, String path, @Nullable Object body, String version) {
    return call(request(path).header("If-Match", version), method, path, body);
  }

  private JsonNode call(
      HttpRequest.Builder request, String method, String path, @Nullable Object body) {
    request.timeout(PATIENCE);
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    HttpResponse<String> answer =
        send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    if (answer.statusCode() >= 300) {
      throw refused(method, path, answer.statusCode(), answer.body());
    }
    return parse(answer.body());
  }

  /** Opens a body of any length; the caller closes it. */
  public HttpResponse<InputStream> stream(String path) throws IOException {
    HttpResponse<InputStream> answer =
        send(request(path), HttpResponse.BodyHandlers.ofInputStream());
    if (answer.statusCode() >= 300) {
      try (InputStream body = answer.body()) {
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        throw refused("GET", path, answer.statusCode(), text);
      }
    }
    return answer;
  }

  private HttpRequest.Builder request(String path) {
    var request =
        HttpRequest.newBuilder(URI.create(url + path)).header("Content-Type", "application/json");
    if (csrfToken != null) {
      request.header(csrfHeader, csrfToken);
    }
    return request;
  }

  private <T> HttpResponse<T> send(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request.build(), handler);
    } catch (IOException e) {
      throw new IllegalStateException(
          "no answer from " + url + ": " + e + "; ./r1 status says what runs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void takeCsrf(JsonNode session) {
    JsonNode csrf = session.path("csrf");
    csrfHeader = csrf.path("header").asString(csrfHeader);
    csrfToken = csrf.path("token").asString("");
  }

  private static JsonNode parse(String body) {
    return body.isBlank() ? JSON.missingNode() : JSON.readTree(body);
  }

  private static IllegalStateException refused(
      String method, String path, int status, String body) {
    String said = body;
    try {
      JsonNode problem = JSON.readTree(body);
      said =
          "%s %s %s"
              .formatted(
                  problem.path("code").asString(""),
                  problem.path("title").asString(""),
                  problem.path("detail").asString(""));
    } catch (JacksonException e) {
      said = body.length() > 300 ? body.substring(0, 300) : body;
    }
    return new IllegalStateException(
        "%s %s was refused with %d: %s".formatted(method, path, status, said.strip()));
  }
}
