package io.r1platform.standalone.overspend;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * Stands in for inference-service: it answers at once, with 12 prompt tokens, 2 of them cached, and
 * as many output tokens as the request's id says, at most what the gateway allows.
 */
final class InstantEngine implements AutoCloseable {
  private final HttpServer server;

  InstantEngine() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
    server.createContext("/v1/chat/completions", InstantEngine::chat);
    server.createContext("/v1/requests/", exchange -> send(exchange, 202, ""));
    server.createContext("/v1/models", exchange -> send(exchange, 200, MODELS));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  private static final String MODELS =
      """
      {"object":"list","data":[{"id":"r1-nano","object":"model","context_length":2048,
       "max_output_tokens":1024,"default_max_tokens":512,"tokenizer_sha256":"%s",
       "capabilities":["reasoning"]}]}
      """
          .formatted("ef".repeat(32));

  int port() {
    return server.getAddress().getPort();
  }

  private static void chat(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    int cap = Integer.parseInt(exchange.getRequestHeaders().getFirst("x-r1-max-tokens"));
    String id = String.valueOf(exchange.getRequestHeaders().getFirst("x-r1-request-id"));
    int tokens = 1 + Math.floorMod(id.hashCode(), cap);
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.getResponseHeaders().set("x-r1-prompt-tokens", "2,10");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      String text =
          """
          id: %1$d
          data: {"id":"x","object":"chat.completion.chunk","choices":[{"index":0,\
          "delta":{"content":"so"},"finish_reason":"length"}],"usage":null}

          id: %1$d
          data: {"id":"x","object":"chat.completion.chunk","created":1,\
          "model":"r1-nano","choices":[],\
          "usage":{"prompt_tokens":12,"completion_tokens":%1$d,"total_tokens":%2$d,\
          "prompt_cache_hit_tokens":2,"prompt_cache_miss_tokens":10,\
          "prompt_tokens_details":{"cached_tokens":2},\
          "completion_tokens_details":{"reasoning_tokens":0}},\
          "r1":{"finish":"length","output_sha256":"%3$s","ttft_ms":5,"queue_ms":1}}

          data: [DONE]

          """
              .formatted(tokens, tokens + 12, "12".repeat(32));
      body.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    exchange.getRequestBody().readAllBytes();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
