package io.r1platform.standalone.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.r1platform.standalone.processes.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client's side of the admin API, against a server that says what the test wants. */
class ExportTests {
  private static final String CSV = "event_id,cost_pico\n0199,1500\n";
  private static final Export EXPORT =
      new Export(
          "usage_records", "csv", LocalDate.parse("2026-11-01"), LocalDate.parse("2026-12-01"));

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final HttpServer server = listen();
  private String manifestHash = "";
  private String refusal = "";
  private volatile @Nullable CountDownLatch dies;

  @TempDir private Path directory;

  @BeforeEach
  void answer() throws Exception {
    manifestHash =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CSV.getBytes(UTF_8)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/admin/api/session", this::session);
    server.createContext("/admin/api/exports/", this::export);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void deliversTheFileAndThenTheManifest() throws IOException {
    assertThat(EXPORT.deliver(login(), directory).path("rows").asString()).isEqualTo("1");

    assertThat(directory.resolve("usage_records.csv")).hasContent(CSV);
    assertThat(directory.resolve("manifest.json")).content().contains(manifestHash);
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void leavesNoManifestForBytesThatDoNotMatch() throws IOException {
    Files.writeString(directory.resolve("manifest.json"), "of an earlier export");
    manifestHash = "00";

    assertThatThrownBy(() -> EXPORT.deliver(login(), directory))
        .hasMessageContaining("do not match the manifest");

    assertThat(directory.resolve("manifest.json")).doesNotExist();
    assertThat(directory.resolve("usage_records.csv")).doesNotExist();
  }

  /** Whatever kills one end half-way leaves what is there at that moment. */
  @Test
  void anExportThatIsKilledHalfWayHasNoManifest() throws Exception {
    Files.writeString(directory.resolve("manifest.json"), "of an earlier export");
    Files.writeString(directory.resolve("usage_records.csv"), "of an earlier export");
    dies = new CountDownLatch(1);
    AdminApi api = login();
    var delivery = CompletableFuture.runAsync(() -> EXPORT.deliver(api, directory));
    Path part = directory.resolve("usage_records.csv.part");
    assertThat(Await.until(Duration.ofMinutes(1), () -> part.toFile().length() == 9)).isTrue();

    assertThat(directory.resolve("manifest.json")).doesNotExist();
    dies.countDown();
    assertThat(delivery).failsWithin(Duration.ofMinutes(1));
    assertThat(directory.resolve("manifest.json")).doesNotExist();
    assertThat(directory.resolve("usage_records.csv")).hasContent("of an earlier export");

    dies = null;
    EXPORT.deliver(api, directory);
    assertThat(directory.resolve("manifest.json")).content().contains(manifestHash);
    assertThat(directory.resolve("usage_records.csv")).hasContent(CSV);
    assertThat(part).doesNotExist();
  }

  @Test
  void repeatsWhatTheServerSaid() {
    refusal = "{\"code\":\"unknown_dataset\",\"title\":\"Unknown\",\"detail\":\"usage_records\"}";

    assertThatThrownBy(() -> EXPORT.deliver(login(), directory))
        .hasMessageContaining("404")
        .hasMessageContaining("unknown_dataset Unknown usage_records");
  }

  @Test
  void sendsTheTokenAndTheCookieOfTheSession() {
    AdminApi api = login();
    api.call("DELETE", "/admin/api/session", null);

    assertThat(calls)
        .containsExactly("GET null null", "POST before r1-session=1", "DELETE after r1-session=2");
  }

  private AdminApi login() {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    return AdminApi.login(url, "operator@localhost", "secret");
  }

  private void session(HttpExchange exchange) throws IOException {
    boolean login = exchange.getRequestMethod().equals("POST");
    calls.add(
        "%s %s %s"
            .formatted(
                exchange.getRequestMethod(),
                exchange.getRequestHeaders().getFirst("X-CSRF-TOKEN"),
                exchange.getRequestHeaders().getFirst("Cookie")));
    exchange
        .getResponseHeaders()
        .add("Set-Cookie", "r1-session=" + (login ? 2 : 1) + "; Path=/; HttpOnly");
    send(
        exchange,
        200,
        "{\"csrf\":{\"header\":\"X-CSRF-TOKEN\",\"token\":\"%s\"}}"
            .formatted(login ? "after" : "before"));
  }

  private void export(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().add("x-r1-export-id", "17");
    boolean manifest = exchange.getRequestURI().getPath().endsWith("/runs/17/manifest");
    if (!refusal.isEmpty()) {
      send(exchange, 404, refusal);
    } else if (manifest) {
      send(exchange, 200, "{\"rows\":\"1\",\"sha256\":\"" + manifestHash + "\"}");
    } else if (dies != null) {
      sendHalf(exchange, dies);
    } else {
      send(exchange, 200, CSV);
    }
  }

  /** Nine bytes; the rest never comes. */
  private static void sendHalf(HttpExchange exchange, CountDownLatch dies) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write(CSV.getBytes(UTF_8), 0, 9);
    exchange.getResponseBody().flush();
    try {
      dies.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException("killed");
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static HttpServer listen() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
