package io.r1platform.inference;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Billing-service as receipts see it: takes batches in order, refuses gaps, can be away. */
final class BillingFake implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer server;
  private final Map<String, Long> nextSeq = new HashMap<>();
  private final List<JsonNode> receipts = new ArrayList<>();
  private final List<String> ended = new ArrayList<>();
  private boolean away;
  private String refused = "";

  BillingFake() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/internal/v1/engine-batches", this::batch);
    server.createContext("/internal/v1/engine-instances/", this::end);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Takes nothing more of this stream, as if it were closed; an empty name refuses none. */
  synchronized void refuse(String instance) {
    refused = instance;
  }

  synchronized void away(boolean isAway) {
    away = isAway;
  }

  /** As after a restore of an old backup: it expects the stream from its start. */
  synchronized void forget() {
    nextSeq.clear();
    receipts.clear();
  }

  /** What came so far is not kept; the streams go on. */
  synchronized void forgetReceipts() {
    receipts.clear();
  }

  synchronized List<JsonNode> receipts() {
    return List.copyOf(receipts);
  }

  synchronized List<String> ended() {
    return List.copyOf(ended);
  }

  synchronized @Nullable JsonNode receipt(String eventId) {
    return receipts.stream()
        .filter(receipt -> receipt.path("event_id").asString("").equals(eventId))
        .findFirst()
        .orElse(null);
  }

  private synchronized void batch(HttpExchange exchange) throws IOException {
    JsonNode batch = JSON.readTree(exchange.getRequestBody().readAllBytes());
    if (refused(exchange)) {
      return;
    }
    String instance = batch.path("instance_id").asString();
    long first = Long.parseLong(batch.path("first_seq").asString());
    if (instance.equals(refused)) {
      answer(exchange, 409, "{\"code\":\"epoch_closed\",\"last_seq\":\"0\"}");
      return;
    }
    long expected = nextSeq.getOrDefault(instance, 1L);
    if (first > expected) {
      answer(exchange, 409, "{\"code\":\"gap\",\"expected_seq\":\"" + expected + "\"}");
      return;
    }
    int index = 0;
    for (JsonNode receipt : batch.path("receipts")) {
      if (first + index++ >= expected) {
        receipts.add(receipt);
      }
    }
    long next = Math.max(expected, first + index);
    nextSeq.put(instance, next);
    answer(exchange, 200, "{\"next_seq\":\"" + next + "\"}");
  }

  private synchronized void end(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    JsonNode end = JSON.readTree(exchange.getRequestBody().readAllBytes());
    if (refused(exchange)) {
      return;
    }
    String instance = path.substring("/internal/v1/engine-instances/".length()).replace("/end", "");
    long expected = nextSeq.getOrDefault(instance, 1L);
    if (expected <= Long.parseLong(end.path("last_seq").asString())) {
      answer(exchange, 409, "{\"code\":\"gap\",\"expected_seq\":\"" + expected + "\"}");
      return;
    }
    ended.add(instance);
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private boolean refused(HttpExchange exchange) throws IOException {
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    if (!("Bearer " + RunningService.TOKEN).equals(token)) {
      answer(exchange, 401, "{}");
      return true;
    }
    if (away) {
      answer(exchange, 503, "{}");
      return true;
    }
    return false;
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
