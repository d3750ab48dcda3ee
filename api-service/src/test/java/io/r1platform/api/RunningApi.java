package io.r1platform.api;

import io.r1platform.testing.OneConnection;
import io.r1platform.testing.SettableClock;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.http.client.ReactorResourceFactory;

/** One replica of the service on a random port, with a clock that stands still until moved. */
public final class RunningApi implements AutoCloseable {
  /** Where every test clock starts. */
  public static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

  private final ConfigurableApplicationContext context;
  private final HttpClient http = HttpClient.newHttpClient();

  private RunningApi(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** Starts a replica; {@code settings} win over the tests' own, {@code beans} are added. */
  public static RunningApi start(
      TestDatabase database, Map<String, String> settings, Class<?>... beans) {
    Map<String, Object> properties = new HashMap<>(database.springProperties("api"));
    properties.put("server.port", "0");
    properties.put("management.server.port", "0");
    properties.put("r1.api.upstreams.token-file", file("upstream-token").toString());
    properties.put("r1.api.billing.token-file", file("billing-token").toString());
    properties.put("r1.api.operator.password-file", file(Browser.PASSWORD).toString());
    properties.put("r1.api.idempotency.key-file", file("k".repeat(43)).toString());
    properties.put("r1.api.relay.drain-wait", "15s");
    properties.putAll(settings);
    var builder =
        new SpringApplicationBuilder(ApiApplication.class, TestClock.class, OneConnection.class)
            .sources(beans)
            .web(WebApplicationType.REACTIVE);
    String[] arguments =
        properties.entrySet().stream()
            .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
            .toArray(String[]::new);
    return new RunningApi(builder.run(arguments));
  }

  /** A fresh file with this content. */
  public static Path file(String content) {
    try {
      return Files.writeString(Files.createTempFile("r1-test", ".txt"), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A bean of the replica. */
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** Whether it was not stopped. */
  public boolean isRunning() {
    return context.isActive();
  }

  /** The replica's clock. */
  public SettableClock clock() {
    return bean(SettableClock.class);
  }

  /** The address of {@code path}. */
  public URI uri(String path) {
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Sends a request and reads the whole answer as text. */
  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(
          request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** GETs {@code path} with an API key. */
  public HttpResponse<String> get(String path, String apiKey) {
    return send(HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + apiKey));
  }

  @Override
  public void close() {
    http.close();
    context.close();
  }

  @Configuration(proxyBeanMethods = false)
  static class TestClock {
    @Bean
    @Primary
    SettableClock settableClock() {
      return new SettableClock(START);
    }

    /** Threads of its own: with shared ones, closing one replica would stop the others. */
    @Bean
    ReactorResourceFactory ownThreads() {
      var factory = new ReactorResourceFactory();
      factory.setUseGlobalResources(false);
      return factory;
    }
  }
}
