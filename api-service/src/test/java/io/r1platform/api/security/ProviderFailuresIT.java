package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An identity provider that fails is told from one that says no. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProviderFailuresIT {
  private static final String LOGIN = "/admin/login/oidc";

  /** Signed by nobody; its header asks for the provider's keys. */
  private static final String ID_TOKEN =
      "eyJhbGciOiJSUzI1NiIsImtpZCI6Im9uZSJ9.eyJzdWIiOiJ4In0.c2lnbmVk";

  private final TestDatabase database = TestDatabase.create();
  private HttpServer provider;
  private RunningApi api;
  private volatile int tokenStatus;
  private volatile String tokenBody = "{}";
  private volatile int keysStatus;

  @BeforeAll
  void start() throws IOException {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext(
        "/.well-known/openid-configuration", exchange -> answer(exchange, 200, description()));
    provider.createContext("/token", exchange -> answer(exchange, tokenStatus, tokenBody));
    provider.createContext("/keys", exchange -> answer(exchange, keysStatus, "{}"));
    provider.start();
    Map<String, String> settings = new HashMap<>();
    settings.put("r1.api.oidc.issuer", issuer());
    settings.put("r1.api.oidc.client-id", "console");
    settings.put("r1.api.oidc.client-secret-file", RunningApi.file("secret").toString());
    api = RunningApi.start(database, settings);
  }

  @AfterAll
  void stop() {
    api.close();
    provider.stop(0);
  }

  @Test
  void aProviderThatFailsAtTheCodeIsUnavailable() {
    for (int status : List.of(500, 502, 503)) {
      tokenStatus = status;
      tokenBody = "<html>out of order</html>";
      assertUnavailable(comeBack());
    }
    var browser = new Browser(api);
    assertThat(browser.visit(callback(browser)).headers().firstValue("location").orElseThrow())
        .startsWith("/console/login?refused=auth_unavailable&request_id=");
  }

  @Test
  void aProviderThatFailsAtItsKeysIsUnavailable() {
    tokenStatus = 200;
    tokenBody =
        "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"%s\"}"
            .formatted(ID_TOKEN);
    keysStatus = 502;
    assertUnavailable(comeBack());
  }

  @Test
  void aProviderThatSaysNoIsNot() {
    tokenStatus = 400;
    tokenBody = "{\"error\":\"invalid_grant\"}";
    assertThat(comeBack().statusCode()).isEqualTo(401);
  }

  private HttpResponse<String> comeBack() {
    var browser = new Browser(api);
    return browser.get(callback(browser));
  }

  /** Where a provider that lets in sends the browser back to. */
  private static String callback(Browser browser) {
    String there = browser.get(LOGIN).headers().firstValue("location").orElseThrow();
    var state = Pattern.compile("(?:^|&)state=([^&]*)").matcher(URI.create(there).getRawQuery());
    assertThat(state.find()).isTrue();
    return LOGIN + "/callback?code=good&state=" + state.group(1);
  }

  private static void assertUnavailable(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.body()).contains("auth_unavailable");
  }

  private String issuer() {
    return "http://127.0.0.1:" + provider.getAddress().getPort();
  }

  private String description() {
    return """
        {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token",\
        "jwks_uri":"%1$s/keys","subject_types_supported":["public"],\
        "id_token_signing_alg_values_supported":["RS256"]}\
        """
        .formatted(issuer());
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
