package io.r1platform.billing;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.testing.OneConnection;
import io.r1platform.testing.SettableClock;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real service on a fresh database and a free port, with a clock that tests move. */
public final class BillingFixture implements AutoCloseable {
  public static final String GATEWAY = "A".repeat(43);
  public static final String ENGINE = "E".repeat(42) + "A";

  /** What came back. */
  public record Answer(int status, String body, Map<String, List<String>> headers) {
    public JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }

    public String header(String name) {
      return Objects.requireNonNull(headers.get(name), name).getFirst();
    }

    public String text(String member) {
      return json().path(member).asString();
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final ConfigurableApplicationContext context;
  private final TestDatabase database;
  private final SettableClock clock =
      new SettableClock(Instant.now().truncatedTo(ChronoUnit.MILLIS));
  private final Path directory;
  private @Nullable DryFirst dryFirst;
  private String[] kinds = {};

  /** Starts it; {@code settings} are further ones. */
  public BillingFixture(String... settings) {
    this(TestDatabase.create(), true, settings);
  }

  private BillingFixture(TestDatabase database, boolean settable, String... settings) {
    this.database = database;
    try {
      directory = Files.createTempDirectory("billing");
      Files.writeString(directory.resolve("gateway"), GATEWAY + "\n");
      Files.writeString(directory.resolve("engine"), ENGINE + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var properties = new HashMap<>(database.springProperties("billing"));
    properties.put("server.port", "0");
    properties.put("management.server.port", "0");
    // No test asks how long a connection may be awaited; 16 gateways on a busy machine wait long.
    properties.put("spring.datasource.hikari.connection-timeout", "60000");
    // Tests move the clock by months; those of invoices close them themselves.
    properties.put("r1.billing.invoices.close", "false");
    properties.put("r1.billing.security.gateway-token-file", tokenFile("gateway").toString());
    properties.put("r1.billing.security.engine-token-file", tokenFile("engine").toString());
    for (String setting : settings) {
      String[] parts = setting.split("=", 2);
      properties.put(parts[0].substring("--".length()), parts[1]);
    }
    context =
        new SpringApplicationBuilder(BillingApplication.class, OneConnection.class)
            .initializers(
                (GenericApplicationContext c) -> {
                  if (settable) {
                    c.registerBean(SettableClock.class, () -> clock, b -> b.setPrimary(true));
                  }
                })
            .run(
                properties.entrySet().stream()
                    .map(property -> "--" + property.getKey() + "=" + property.getValue())
                    .toArray(String[]::new));
  }

  /** One without a clock that can be set: it goes by its database's. */
  public static BillingFixture onTheTimeOf(TestDatabase database, String... settings) {
    return new BillingFixture(database, false, settings);
  }

  public SettableClock clock() {
    return clock;
  }

  public TestDatabase database() {
    return database;
  }

  public Path tokenFile(String name) {
    return directory.resolve(name);
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** SQL as the service's own role. */
  public JdbcClient sql() {
    return context.getBean(JdbcClient.class);
  }

  public Answer postBatch(byte[] batch) {
    return send(
        request("/internal/v1/usage-batches", GATEWAY)
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(batch)));
  }

  /**
   * Tries each command dry before it is carried out.
   *
   * @param required kinds of which one must have been carried out when this closes
   */
  public BillingFixture dryFirst(String... required) {
    dryFirst = new DryFirst(context.getBean(MeterRegistry.class));
    kinds = required;
    return this;
  }

  public Answer postJson(String path, String token, String json) {
    DryFirst first = dryFirst;
    Answer dry = first == null ? null : first.run(path, it -> posted(it, token, json));
    Answer answer = posted(path, token, json);
    if (first != null && dry != null) {
      first.compare(path, dry, answer);
    }
    return answer;
  }

  private Answer posted(String path, String token, String json) {
    return send(
        request(path, token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  public Answer get(String path) {
    return send(request(path, GATEWAY).GET());
  }

  public HttpRequest.Builder request(String path, String token) {
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + token);
  }

  public URI management(String path) {
    String port = context.getEnvironment().getRequiredProperty("local.management.port");
    return URI.create("http://127.0.0.1:" + port + path);
  }

  public Answer send(HttpRequest.Builder request) {
    try {
      var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response.headers().map());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The hash of the seeded chargeable list. */
  public String priceSha256() {
    return sql()
        .sql("select encode(content_sha256, 'hex') from rate_card_version where version_id = 1")
        .query(String.class)
        .single();
  }

  /**
   * Every row that breaks the conservation law: usage, hours, ledger, sums by day, credit, budgets.
   */
  public List<Map<String, @Nullable Object>> lawBroken() {
    return sql()
        .sql(
            """
            select tenant_id || ' on ' || day as what, c::text as detail from conservation c
            where usage_amount <> any (array[hourly_amount, accrued, revenue, daily_accrued,
                daily_revenue]) or usage_requests <> hourly_requests
            union all
            select what, '' from ledger_broken
            union all
            select what, '' from credit_broken
            union all
            select what, '' from adjustment_broken
            union all
            select what, '' from budget_broken
            union all
            select what, '' from invoice_broken
            """)
        .query()
        .listOfRows();
  }

  public BigInteger sum(String expression, String from) {
    return new BigInteger(
        sql()
            .sql("select coalesce(sum(" + expression + "), 0)::text from " + from)
            .query(String.class)
            .single());
  }

  /** Ends the service, and fails whatever test left the conservation law broken. */
  @Override
  public void close() {
    List<Map<String, @Nullable Object>> broken;
    DryFirst first = dryFirst;
    try {
      broken = lawBroken();
      if (first != null) {
        first.close(kinds);
      }
    } finally {
      context.close();
    }
    if (!broken.isEmpty()) {
      throw new AssertionError("the conservation law is broken: " + broken);
    }
  }
}
