package io.r1platform.standalone.overspend;

import io.r1platform.standalone.admin.AdminApi;
import io.r1platform.standalone.admin.Tenancy;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** A fresh database, billing-service's real jar on it, an engine, and one key with one budget. */
final class Ground implements AutoCloseable {
  private static final String PASSWORD = "one-operator-of-a-test";
  private static final Pattern LEASE_CALLS =
      Pattern.compile(
          "http_server_requests_seconds_count\\{[^}]*uri=\"(/internal/v1/leases[^\"]*)\"[^}]*}"
              + " (\\S+)");

  private final TestDatabase database = TestDatabase.create();
  private final JdbcClient jdbc = JdbcClient.create(database.superuser());
  private final InstantEngine engine = new InstantEngine();
  private final Path token = secret(token());
  private final int billingPort = freePort();
  private final int billingManagementPort = freePort();
  private final Process billing;
  private final HttpClient http = HttpClient.newHttpClient();
  private long budgetId;

  /** The budget's one period, in pico. */
  record Period(BigDecimal limit, BigDecimal spent, BigDecimal leased, BigDecimal overrun) {
    BigDecimal free() {
      return limit.subtract(spent);
    }
  }

  Ground(Path billingJar) throws IOException, InterruptedException {
    Map<String, String> settings = new HashMap<>(database.springProperties("billing"));
    settings.put("server.port", Integer.toString(billingPort));
    settings.put("management.server.port", Integer.toString(billingManagementPort));
    settings.put("r1.billing.security.gateway-token-file", token.toString());
    settings.put("r1.billing.security.engine-token-file", secret(token()).toString());
    var start =
        new ProcessBuilder(
                List.of(Jars.java(), "-Xmx512m", "-XX:+UseSerialGC", "-jar", billingJar.toString()))
            .redirectErrorStream(true)
            .redirectOutput(Jars.home().resolve("billing.log").toFile());
    start
        .environment()
        .put("SPRING_APPLICATION_JSON", new JsonMapper().writeValueAsString(settings));
    billing = start.start();
  }

  /** What a replica needs to work here. */
  Map<String, String> replicaSettings() throws IOException {
    Map<String, String> settings = new HashMap<>(database.springProperties("api"));
    settings.put("spring.main.banner-mode", "off");
    settings.put("spring.datasource.hikari.maximum-pool-size", "4");
    settings.put("spring.datasource.hikari.minimum-idle", "1");
    settings.put("server.port", "0");
    settings.put("server.shutdown", "immediate");
    settings.put("management.server.port", "0");
    settings.put("r1.api.billing.url", "http://127.0.0.1:" + billingPort);
    settings.put("r1.api.billing.token-file", token.toString());
    settings.put("r1.api.upstreams.inference-url", "http://127.0.0.1:" + engine.port());
    settings.put("r1.api.upstreams.token-file", token.toString());
    settings.put("r1.api.operator.password-file", secret(PASSWORD).toString());
    settings.put("r1.api.idempotency.key-file", token.toString());
    settings.put("r1.api.relay.drain-wait", "1s");
    return settings;
  }

  boolean isReady() {
    if (!billing.isAlive()) {
      throw new IllegalStateException("billing-service died; its log is in target/overspend*");
    }
    try {
      return get(billingPort, "/readyz").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private HttpResponse<String> get(int port, String path) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    try {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** A replica's admin API. */
  AdminApi admin(int port) {
    return AdminApi.login("http://127.0.0.1:" + port, "operator@localhost", PASSWORD);
  }

  /** Makes a key through a replica's admin API, and its budget; returns the secret. */
  String keyWithBudget(int port, BigDecimal limit) {
    AdminApi admin = admin(port);
    String secret = new Tenancy(admin).mintKey("overspend", Optional.empty());
    String organization =
        jdbc.sql("select id::text from api.organization").query(String.class).single();
    String key = jdbc.sql("select id::text from api.api_key").query(String.class).single();
    Map<String, Object> budget =
        Map.of(
            "command_id",
            UUID.randomUUID().toString(),
            "organization",
            organization,
            "scope",
            "KEY",
            "scope_id",
            key,
            "limit",
            limit.toBigIntegerExact().toString(),
            "reset",
            "NEVER");
    budgetId =
        Long.parseLong(admin.post("/admin/api/budgets", budget).path("budget_id").asString());
    return secret;
  }

  /** Gives the budget another limit. */
  void changeBudget(AdminApi admin, BigDecimal limit) {
    admin.post(
        "/admin/api/budgets/" + budgetId,
        Map.of(
            "command_id",
            UUID.randomUUID().toString(),
            "limit",
            limit.toBigIntegerExact().toString()));
  }

  /** The state of the budget; empty before anybody has leased of it. */
  Optional<Period> period() {
    return jdbc.sql(
            """
            select limit_pico as "limit", spent, leased, overrun
            from billing.budget_period where budget_id = ?
            """)
        .param(budgetId)
        .query(Period.class)
        .optional();
  }

  BigDecimal spent() {
    return period().map(Period::spent).orElse(BigDecimal.ZERO);
  }

  /** A number from the database. */
  BigDecimal number(String sql) {
    return jdbc.sql(sql).query(BigDecimal.class).single();
  }

  /** Lease transactions that billing has answered: asks for room, or heartbeats. */
  long leaseCalls(boolean heartbeats) throws IOException {
    var counts = LEASE_CALLS.matcher(get(billingManagementPort, "/actuator/prometheus").body());
    double sum = 0;
    while (counts.find()) {
      if (counts.group(1).endsWith("/sync") == heartbeats) {
        sum += Double.parseDouble(counts.group(2));
      }
    }
    return Math.round(sum);
  }

  /** Transactions of everybody. */
  long transactions() {
    return number(
            "select xact_commit from pg_stat_database where datname = '" + database.name() + "'")
        .longValueExact();
  }

  @Override
  public void close() {
    billing.destroyForcibly();
    engine.close();
    http.shutdownNow();
  }

  private static Path secret(String content) throws IOException {
    return Files.writeString(Files.createTempFile(Jars.home(), "secret", ".txt"), content);
  }

  private static String token() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
