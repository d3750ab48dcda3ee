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
  private static final String FILE = "usage_records-00001.csv";
  private static final ExportFiles EXPORT =
      new ExportFiles("usage_records", "7", "csv", "2026-11-01", "2026-12-01", List.of());

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private volatile String status = "done";
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
    Files.writeString(directory.resolve("usage_records-00002.csv"), "of an earlier, longer export");
    Files.writeString(directory.resolve("mine.csv"), "mine");
    status = "running";
    assertThat(EXPORT.deliver(login(), directory, told::add).path("rows").asString())
        .isEqualTo("1");
    Files.delete(directory.resolve("mine.csv"));

    assertThat(directory.resolve(FILE)).hasContent(CSV);
    assertThat(directory.resolve("manifest.json")).content().contains(manifestHash);
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
    assertThat(told)
        .containsExactly("export 17 running: 0 rows", "fetching usage_records-00001.csv, 29 bytes");
  }

  @Test
  void leavesNoManifestForBytesThatDoNotMatch() throws IOException {
    Files.writeString(directory.resolve("manifest.json"), "of an earlier export");
    manifestHash = "00";

    assertThatThrownBy(() -> EXPORT.deliver(login(), directory, told::add))
        .hasMessageContaining("does not match the manifest");

    assertThat(directory.resolve("manifest.json")).doesNotExist();
    assertThat(directory.resolve(FILE)).doesNotExist();
  }

  /** Whatever kills one end half-way leaves what is there at that moment. */
  @Test
  void anExportThatIsKilledHalfWayHasNoManifest() throws Exception {
    Files.writeString(directory.resolve("manifest.json"), "of an earlier export");
    Files.writeString(directory.resolve(FILE), "of an earlier export");
    dies = new CountDownLatch(1);
    AdminApi api = login();
    var delivery = CompletableFuture.runAsync(() -> EXPORT.deliver(api, directory, told::add));
    Path part = directory.resolve(FILE + ".part");
    assertThat(Await.until(Duration.ofMinutes(1), () -> part.toFile().length() == 9)).isTrue();

    assertThat(directory.resolve("manifest.json")).doesNotExist();
    dies.countDown();
    assertThat(delivery).failsWithin(Duration.ofMinutes(1));
    assertThat(directory.resolve("manifest.json")).doesNotExist();
    assertThat(directory.resolve(FILE)).hasContent("of an earlier export");

    dies = null;
    EXPORT.deliver(api, directory, told::add);
    assertThat(directory.resolve("manifest.json")).content().contains(manifestHash);
    assertThat(directory.resolve(FILE)).hasContent(CSV);
    assertThat(part).doesNotExist();
  }

  @Test
  void saysWhyAnExportFailed() {
    status = "failed";
    assertThatThrownBy(() -> EXPORT.deliver(login(), directory, told::add))
        .hasMessage("export 17 failed: the disk is full");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void repeatsWhatTheServerSaid() {
    refusal = "{\"code\":\"unknown_dataset\",\"title\":\"Unknown\",\"detail\":\"usage_records\"}";

    assertThatThrownBy(() -> EXPORT.deliver(login(), directory, told::add))
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
    String path = exchange.getRequestURI().getPath();
    if (!refusal.isEmpty()) {
      send(exchange, 404, refusal);
    } else if (path.endsWith("/files/manifest.json")) {
      send(exchange, 200, manifest());
    } else if (!path.contains("/files/")) {
      send(
          exchange,
          200,
          """
          {"export_id":"17","status":"%s","rows_read":"0","error":"the disk is full","manifest":%s}
          """
              .formatted(status, manifest()));
      if (exchange.getRequestMethod().equals("GET") && status.equals("running")) {
        status = "done";
      }
    } else if (dies != null) {
      sendHalf(exchange, dies);
    } else {
      send(exchange, 200, CSV);
    }
  }

  private String manifest() {
    return """
    {"rows":"1","parts":[{"file":"%s","bytes":"29","sha256":"%s"}]}
    """
        .formatted(FILE, manifestHash);
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
