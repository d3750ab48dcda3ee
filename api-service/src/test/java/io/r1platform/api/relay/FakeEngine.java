package io.r1platform.api.relay;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An inference-service whose replies a test writes byte by byte. */
final class FakeEngine implements AutoCloseable {
  private static final long LONGEST_WAIT_SECONDS = 30;

  private final HttpServer server;
  private final Map<String, CountDownLatch> cancelled = new ConcurrentHashMap<>();
  private final List<Chat> chats = new CopyOnWriteArrayList<>();
  private final AtomicInteger deafTo = new AtomicInteger();
  private final List<String> counted = new CopyOnWriteArrayList<>();
  private volatile int promptTokens = 12;
  private volatile boolean unloaded;
  private volatile String guests = "";
  private volatile Script script = chat -> chat.error(503, "engine_unavailable", "no script");

  /** What the engine does with a request. */
  interface Script {
    void reply(Chat chat) throws IOException, InterruptedException;
  }

  FakeEngine() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/chat/completions", this::chat);
    server.createContext("/v1/completions", this::chat);
    server.createContext("/v1/tokenize", this::tokenize);
    server.createContext("/v1/requests/", this::cancel);
    server.createContext("/v1/models", this::models);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void does(Script next) {
    chats.clear();
    script = next;
  }

  /** Has these models beside r1-nano from now on: more of the list, each with a comma before it. */
  void has(String others) {
    guests = others;
  }

  /** Has another model instead of r1-nano from now on, or r1-nano again. */
  void unloads(boolean gone) {
    unloaded = gone;
  }

  /** Says from now on that any prompt has so many tokens. */
  void counts(int tokens) {
    promptTokens = tokens;
  }

  /** Bodies that were to be counted, with the model that the gateway named. */
  List<String> counted() {
    return counted;
  }

  private void tokenize(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String model = exchange.getRequestHeaders().getFirst("x-r1-model");
    counted.add(model + " " + body);
    try (exchange) {
      boolean refused = body.contains("\"input\":7");
      byte[] answer =
          (refused
                  ? "{\"error\":{\"message\":\"'input' must be a"
                      + " string.\",\"param\":\"input\",\"code\":\"invalid_type\"}}"
                  : "{\"object\":\"token_count\",\"model\":\"%s\",\"tokens\":%d,\"template_tokens\":4}"
                      .formatted(model, promptTokens))
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(refused ? 400 : 200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  /** Does not know the request yet when the next {@code n} cancels come. */
  void doesNotHear(int n) {
    deafTo.set(n);
  }

  List<Chat> chats() {
    return chats;
  }

  boolean wasCancelled(String id) {
    return latch(id).getCount() == 0;
  }

  private CountDownLatch latch(String id) {
    return cancelled.computeIfAbsent(id, key -> new CountDownLatch(1));
  }

  private void chat(HttpExchange exchange) throws IOException {
    var chat = new Chat(exchange, exchange.getRequestBody().readAllBytes());
    chats.add(chat);
    try (exchange) {
      script.reply(chat);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void cancel(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (deafTo.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    latch(path.replaceAll("^/v1/requests/(.+)/cancel$", "$1")).countDown();
    exchange.sendResponseHeaders(202, -1);
    exchange.close();
  }

  private void models(HttpExchange exchange) throws IOException {
    String models =
        """
        {"id":"%s","object":"model","context_length":2048,"max_output_tokens":1024,
         "default_max_tokens":512,"tokenizer_sha256":"%s","capabilities":["reasoning"]}%s"""
            .formatted(unloaded ? "another" : "r1-nano", "ef".repeat(32), guests);
    byte[] body =
        "{\"object\":\"list\",\"data\":[%s]}".formatted(models).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** A failure of a request that was admitted and generated nothing. */
  static String uncounted(String code) {
    return "{\"error\":{\"message\":\"no\",\"type\":\"x\",\"param\":null,\"code\":\"%s\"},"
            .formatted(code)
        + "\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0,"
        + "\"prompt_cache_hit_tokens\":0,\"prompt_cache_miss_tokens\":0},"
        + "\"r1\":{\"finish\":\"error\",\"output_sha256\":\"\",\"ttft_ms\":0,\"queue_ms\":1}}";
  }

  /** One request at the engine. */
  final class Chat {
    private final HttpExchange exchange;
    private final byte[] body;

    Chat(HttpExchange exchange, byte[] body) {
      this.exchange = exchange;
      this.body = body;
    }

    String id() {
      return header("x-r1-request-id");
    }

    String header(String name) {
      return String.valueOf(exchange.getRequestHeaders().getFirst(name));
    }

    byte[] body() {
      return body;
    }

    String path() {
      return exchange.getRequestURI().getPath();
    }

    /** Begins an event stream after a prompt of 2 cached and 10 other tokens. */
    Chat stream() throws IOException {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      return begin();
    }

    /** Begins an event stream before anybody knows what the cache holds. */
    Chat streamEarly() throws IOException {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().flush();
      return this;
    }

    /** Begins a JSON reply. */
    Chat json() throws IOException {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      return begin();
    }

    private Chat begin() throws IOException {
      exchange.getResponseHeaders().set("x-r1-prompt-tokens", "2,10");
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().flush();
      return this;
    }

    Chat write(String text) throws IOException {
      exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
      return this;
    }

    Chat write(byte single) throws IOException {
      exchange.getResponseBody().write(single);
      exchange.getResponseBody().flush();
      return this;
    }

    /** Refuses before the first byte, until in 7 seconds. */
    void error(int status, String code, String message) throws IOException {
      error(status, code, message, 7);
    }

    void error(int status, String code, String message, int retrySeconds) throws IOException {
      exchange.getResponseHeaders().set("retry-after", Integer.toString(retrySeconds));
      failure(
          status,
          "{\"error\":{\"message\":\"%s\",\"type\":\"x\",\"param\":null,\"code\":\"%s\"}}"
              .formatted(message, code));
    }

    /** Refuses after admission, as an engine that drains or has died: with a usage of nothing. */
    void errorUncounted(int status, String code) throws IOException {
      failure(status, uncounted(code));
    }

    /** Answers with another status than 200. */
    void failure(int status, String json) throws IOException {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }

    /** Waits until the gateway cancels this request. */
    void awaitCancel() throws InterruptedException {
      if (!latch(id()).await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody cancelled");
      }
    }
  }
}
