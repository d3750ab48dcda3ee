package io.r1platform.api.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A billing-service that says what a test told it to, and remembers what it was asked. */
public final class FakeReports implements AutoCloseable {
  private static final Set<String> POLLS =
      Set.of("/internal/v1/prices", "/internal/v1/leases/sync", "/internal/v1/display-names");

  private final HttpServer server;
  private final Map<String, HttpHandler> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final List<String> posted = new CopyOnWriteArrayList<>();

  /** Listens at once. */
  public FakeReports() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /** Its base. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers this path with JSON from now on. */
  public void say(String path, int status, String json) {
    answers.put(path, exchange -> send(exchange, status, json));
  }

  /** Answers this path as {@code handler} does. */
  public void answer(String path, HttpHandler handler) {
    answers.put(path, handler);
  }

  /** Paths with their queries, in order, without what the service asks every few seconds. */
  public List<String> asked() {
    return asked.stream().filter(path -> !POLLS.contains(path)).toList();
  }

  /** What was posted, in order. */
  public List<String> bodies() {
    return List.copyOf(bodies);
  }

  /** What was posted with its path, as {@code /path {body}}. */
  public List<String> posted() {
    return List.copyOf(posted);
  }

  /** Knows no answer and remembers nothing. */
  public void forget() {
    bodies.clear();
    posted.clear();
    asked.clear();
    answers.clear();
  }

  private void handle(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestURI().toString());
    if (exchange.getRequestMethod().equals("POST")
        && !POLLS.contains(exchange.getRequestURI().getPath())) {
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      bodies.add(body);
      posted.add(exchange.getRequestURI() + " " + body);
    }
    boolean known =
        "Bearer billing-token".equals(exchange.getRequestHeaders().getFirst("Authorization"));
    HttpHandler answer = answers.get(exchange.getRequestURI().getPath());
    if (!known) {
      send(exchange, 401, "{\"code\":\"not_authenticated\"}");
    } else if (answer == null) {
      send(exchange, 404, "{\"code\":\"not_found\"}");
    } else {
      answer.handle(exchange);
    }
  }

  /** Answers one question. */
  public static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
