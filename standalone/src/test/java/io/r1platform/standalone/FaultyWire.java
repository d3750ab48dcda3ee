package io.r1platform.standalone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;

/**
 * A wire to billing-service that loses, doubles and reorders the batches it carries; everything
 * else goes through whole. Which batch meets what is drawn from a seed.
 */
final class FaultyWire implements AutoCloseable {
  /** What becomes of a batch. */
  enum Fate {
    /** Never arrives. */
    LOST,
    /** Arrives; its answer does not. */
    UNANSWERED,
    /** Arrives twice. */
    DOUBLED,
    /** An older batch arrives once more, after it. */
    REORDERED,
    /** Arrives once. */
    DELIVERED
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Message(String path, List<String> headers, byte[] body) {}

  private static final List<Fate> TROUBLES =
      List.of(Fate.LOST, Fate.UNANSWERED, Fate.DOUBLED, Fate.REORDERED);
  private static final int KEPT = 32;
  private static final int ODDS = 12; // one batch in three meets trouble
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Set<String> NOT_PASSED =
      Set.of("connection", "content-length", "host", "upgrade", "http2-settings", "expect");

  private final String target;
  private final Random random;
  private final HttpServer server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Deque<Message> past = new ArrayDeque<>();
  private final Map<Fate, Integer> counts = new EnumMap<>(Fate.class);

  FaultyWire(String target, long seed) {
    this.target = target;
    this.random = new Random(seed);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How many batches met that. */
  synchronized int count(Fate fate) {
    return counts.getOrDefault(fate, 0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var message =
          new Message(
              exchange.getRequestURI().toString(),
              headers(exchange),
              exchange.getRequestBody().readAllBytes());
      boolean batch = message.path.endsWith("-batches");
      Fate fate = batch ? draw() : Fate.DELIVERED;
      if (fate == Fate.LOST) {
        return; // closed without an answer
      }
      if (fate == Fate.DOUBLED) {
        forward(exchange, message, false);
      }
      forward(exchange, message, fate != Fate.UNANSWERED);
      if (fate == Fate.REORDERED) {
        forward(exchange, older(), false);
      }
      if (batch) {
        keep(message);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends a message on, and its answer back where that is wanted; a dead target is no answer. */
  private void forward(HttpExchange exchange, Message message, boolean answer)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(target + message.path))
            .timeout(TIMEOUT)
            .method(
                exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(message.body));
    if (!message.headers.isEmpty()) {
      request.headers(message.headers.toArray(String[]::new));
    }
    HttpResponse<InputStream> said =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = said.body()) {
      if (!answer) {
        body.readAllBytes();
        return;
      }
      said.headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED.contains(name) && !name.equals("transfer-encoding")) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      exchange.sendResponseHeaders(said.statusCode(), said.statusCode() == 204 ? -1 : 0);
      body.transferTo(exchange.getResponseBody());
    }
  }

  private synchronized Fate draw() {
    int drawn = random.nextInt(ODDS);
    Fate fate = drawn < TROUBLES.size() ? TROUBLES.get(drawn) : Fate.DELIVERED;
    fate = fate == Fate.REORDERED && past.isEmpty() ? Fate.DELIVERED : fate;
    counts.merge(fate, 1, Integer::sum);
    return fate;
  }

  private synchronized Message older() {
    return past.stream().skip(random.nextInt(past.size())).findFirst().orElseThrow();
  }

  private synchronized void keep(Message message) {
    past.addLast(message);
    if (past.size() > KEPT) {
      past.removeFirst();
    }
  }

  private static List<String> headers(HttpExchange exchange) {
    return exchange.getRequestHeaders().entrySet().stream()
        .filter(header -> !NOT_PASSED.contains(header.getKey().toLowerCase(Locale.ROOT)))
        .flatMap(
            header -> header.getValue().stream().flatMap(v -> List.of(header.getKey(), v).stream()))
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
    http.shutdownNow();
  }
}
