package io.r1platform.standalone.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code ./r1 limit} and {@code ./r1 audit verify} ask of the admin API, and make of it. */
class LimitsTests {
  private static final String PATH = "/admin/api/limits/key/9";

  private final List<String> writes = new CopyOnWriteArrayList<>();
  private final HttpServer server = listen();
  private String limits = "[]";
  private boolean hasDefaults = true;
  private String check = "";

  @BeforeEach
  void answer() {
    server.createContext("/admin/api/session", exchange -> send(exchange, 200, "{\"csrf\":{}}"));
    server.createContext(PATH, this::limits);
    server.createContext(
        "/admin/api/keys",
        exchange ->
            send(
                exchange,
                200,
                "{\"items\":[{\"id\":\"9\",\"public_id\":\"Ab3dE6gH\"}],\"next\":null}"));
    server.createContext("/admin/api/audit", this::audit);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void readsTheLimitsOfAKeyByItsPublicId() {
    JsonNode read = new Limits(login(), "key", "Ab3dE6gH").read();

    assertThat(read.path("scope_id").asString()).isEqualTo("9");
    assertThatThrownBy(() -> new Limits(login(), "key", "XXXXXXXX"))
        .hasMessageContaining("there is no key sk-r1-XXXXXXXX");
  }

  /** Without that, those of the site that are not named would be gone. */
  @Test
  void aFirstChangeKeepsTheSitesDefaultsThatItDoesNotName() {
    new Limits(login(), "key", "9").change(null, Map.of("concurrency", "3"));

    assertThat(writes).hasSize(1);
    assertThat(written().path("limits")).hasSize(1);
    JsonNode entry = written().path("limits").get(0);
    assertThat(entry.path("requests_per_minute").asString()).isEqualTo("60");
    assertThat(entry.path("concurrency").asString()).isEqualTo("3");
    assertThat(writes.getFirst()).startsWith("PUT 4 ");
  }

  @Test
  void aChangeLeavesOtherModelsAndOtherKinds() {
    hasDefaults = false;
    limits =
        """
        [{"model":null,"requests_per_minute":"5","queue_length":"2"},
         {"model":"r1-nano","concurrency":"7"}]
        """;
    new Limits(login(), "key", "9")
        .change(null, Map.of("requests_per_minute", "none", "tokens_per_minute", "100"));

    JsonNode sent = written().path("limits");
    assertThat(sent).hasSize(2);
    assertThat(sent.toString())
        .contains("\"model\":\"r1-nano\"", "\"concurrency\":\"7\"", "\"queue_length\":\"2\"")
        .contains("\"tokens_per_minute\":\"100\"")
        .doesNotContain("requests_per_minute");
  }

  @Test
  void noneTakesOneModelsLimitsAway() {
    limits =
        "[{\"model\":null,\"queue_length\":\"2\"},{\"model\":\"r1-nano\",\"concurrency\":\"7\"}]";
    new Limits(login(), "key", "9").change("r1-nano", null);

    assertThat(written().path("limits")).hasSize(1);
    assertThat(written().toString()).doesNotContain("r1-nano");
  }

  @Test
  void aCheckOfTheTrailSaysWhichChainsAreBroken() {
    check = "{\"events\":\"12\",\"whole\":false,\"broken_chains\":[\"0\",\"7\"]}";
    AuditCheck broken = AuditCheck.run(login());
    assertThat(broken.isWhole()).isFalse();
    assertThat(broken.broken()).containsExactly("0", "7");
    assertThat(broken.line()).isEqualTo("audit events=12 broken=2");
    assertThat(broken.newest()).isEqualTo("chain=7 sequence=5 hash=ab12");

    check = "{\"events\":\"12\",\"whole\":true,\"broken_chains\":[]}";
    AuditCheck whole = AuditCheck.run(login());
    assertThat(whole.isWhole()).isTrue();
    assertThat(whole.line()).isEqualTo("audit events=12 broken=0");
  }

  @Test
  void aCheckThatSaysNothingIsNoWholeTrail() {
    for (String answer :
        List.of("{}", "{\"events\":\"1\",\"whole\":true,\"broken_chains\":[\"7\"]}")) {
      check = answer;
      assertThatThrownBy(() -> AuditCheck.run(login())).hasMessageContaining("contradicts itself");
    }
  }

  private JsonNode written() {
    String write = writes.getLast();
    return JsonMapper.shared().readTree(write.substring(write.indexOf('{')));
  }

  private void limits(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("GET")) {
      writes.add(
          "%s %s %s"
              .formatted(
                  exchange.getRequestMethod(),
                  exchange.getRequestHeaders().getFirst("If-Match"),
                  new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
    }
    send(
        exchange,
        200,
        """
        {"scope":"key","scope_id":"9","limits":%s,"has_defaults":%s,"version":"4",
         "defaults":{"model":null,"requests_per_minute":"60"}}
        """
            .formatted(limits, hasDefaults));
  }

  private void audit(HttpExchange exchange) throws IOException {
    boolean isCheck = exchange.getRequestURI().getPath().endsWith("/check");
    send(
        exchange,
        200,
        isCheck
            ? check
            : "{\"items\":[{\"organization_id\":\"7\",\"sequence\":\"5\",\"hash\":\"ab12\"}]}");
  }

  private AdminApi login() {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    return AdminApi.login(url, "operator@localhost", "secret");
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static HttpServer listen() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
