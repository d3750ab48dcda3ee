package io.r1platform.api;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a browser does on the admin API: keeps the session's cookie, sends the CSRF token. Every
 * answer must be as {@code openapi-admin.json} describes it.
 */
public final class Browser {
  /** The bootstrap operator of every test. */
  public static final String EMAIL = "operator@localhost";

  /** That operator's password, unlike any other string. */
  public static final String PASSWORD = "correct horse " + UUID.randomUUID();

  private static final JsonMapper JSON = JsonMapper.shared();

  private RunningApi api;
  private @Nullable String cookie;
  private @Nullable String csrf;
  private @Nullable String key;

  /** A browser without a session. */
  public Browser(RunningApi api) {
    this.api = api;
  }

  /** A browser whose operator has logged in. */
  public static Browser loggedIn(RunningApi api) {
    var browser = new Browser(api);
    var answer = browser.logIn(EMAIL, PASSWORD);
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
    return browser;
  }

  /** No browser, but a program with a management key. */
  public static Browser ofKey(RunningApi api, String key) {
    var program = new Browser(api);
    program.key = key;
    return program;
  }

  /** Fetches a CSRF token and logs in. */
  public HttpResponse<String> logIn(String email, String password) {
    session();
    var answer =
        post(
            "/admin/api/session",
            JSON.writeValueAsString(java.util.Map.of("email", email, "password", password)));
    if (answer.statusCode() == 200) {
      csrf = json(answer).at("/csrf/token").asString();
    }
    return answer;
  }

  /** What the server knows of this session; takes over its CSRF token. */
  public JsonNode session() {
    JsonNode session = json(get("/admin/api/session"));
    csrf = session.at("/csrf/token").asString();
    return session;
  }

  /** GET. */
  public HttpResponse<String> get(String path) {
    return send(request(path));
  }

  /** GET as a page that somebody opens. */
  public HttpResponse<String> visit(String path) {
    return send(request(path).header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"));
  }

  /** GET of JSON, which must succeed. */
  public JsonNode read(String path) {
    var answer = get(path);
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return json(answer);
  }

  /** POST of JSON; {@code headers} are name, value pairs. */
  public HttpResponse<String> post(String path, String body, String... headers) {
    var request = request(path).header("Content-Type", "application/json");
    return send(with(request, headers).POST(BodyPublishers.ofString(body)));
  }

  /** PATCH with a JSON body; {@code headers} are name, value pairs. */
  public HttpResponse<String> patch(String path, String body, String... headers) {
    HttpRequest.Builder request = request(path).header("Content-Type", "application/json");
    return send(with(request, headers).method("PATCH", BodyPublishers.ofString(body)));
  }

  /** PUT of JSON; {@code headers} are name, value pairs. */
  public HttpResponse<String> put(String path, String body, String... headers) {
    var request = request(path).header("Content-Type", "application/json");
    return send(with(request, headers).PUT(BodyPublishers.ofString(body)));
  }

  /** DELETE; {@code headers} are name, value pairs. */
  public HttpResponse<String> delete(String path, String... headers) {
    return send(with(request(path), headers).DELETE());
  }

  /** Sends the same cookie to another replica from now on. */
  public Browser goesTo(RunningApi other) {
    api = other;
    return this;
  }

  /** The cookie as the browser sends it. */
  public Optional<String> cookie() {
    return Optional.ofNullable(cookie);
  }

  /** Plants a cookie, or takes it away. */
  public void setCookie(@Nullable String value) {
    cookie = value;
  }

  /** The CSRF token that goes with writes. */
  public Optional<String> csrf() {
    return Optional.ofNullable(csrf);
  }

  /** Plants a CSRF token, or takes it away. */
  public void setCsrf(@Nullable String token) {
    csrf = token;
  }

  /** The body as JSON. */
  public static JsonNode json(HttpResponse<String> answer) {
    return JSON.readTree(answer.body());
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(api.uri(path));
    if (cookie != null) {
      request.header("Cookie", cookie);
    }
    if (csrf != null) {
      request.header("X-CSRF-TOKEN", csrf);
    }
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return request;
  }

  private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
    return headers.length == 0 ? request : request.headers(headers);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    var answer = api.send(request);
    answer
        .headers()
        .firstValue("set-cookie")
        .ifPresent(header -> cookie = header.substring(0, header.indexOf(';')));
    AdminDescription.judge(answer);
    return answer;
  }
}
