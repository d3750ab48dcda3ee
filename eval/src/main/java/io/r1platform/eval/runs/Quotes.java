package io.r1platform.eval.runs;

import io.r1platform.eval.problems.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks the platform what requests would cost, and what is left. All of it is free. */
public final class Quotes implements AutoCloseable {
  /** Fewer than the questions that an organization may have running at once. */
  private static final int AT_ONCE = 3;

  private static final int TRIES = 10;
  private static final long PAUSE_SECONDS_MAX = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final String v1;
  private final String key;

  /** At {@code v1}, the base URL with its path. */
  public Quotes(String v1, String key) {
    this.v1 = v1;
    this.key = key;
  }

  /**
   * The quote of a whole run.
   *
   * @param samples requests for each problem
   * @param step told how many problems are quoted, now and then
   */
  public Quote of(List<Problem> problems, Settings settings, int samples, Consumer<Integer> step) {
    var done = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      List<Callable<JsonNode>> calls =
          problems.stream()
              .<Callable<JsonNode>>map(
                  problem ->
                      () -> {
                        JsonNode quote = quote(problem.prompt(), settings);
                        step.accept(done.incrementAndGet());
                        return quote;
                      })
              .toList();
      var sum = new Sum();
      for (Future<JsonNode> quote : threads.invokeAll(calls)) {
        sum.add(quote.get());
      }
      return sum.times(samples);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  /** What may still be spent; empty if this key may not see it. */
  public Optional<BigDecimal> available() {
    HttpResponse<String> answer = call("GET", "/balance", "");
    return answer.statusCode() == 200
        ? Optional.of(new BigDecimal(json(answer).path("available").asString()))
        : Optional.empty();
  }

  private JsonNode quote(String prompt, Settings settings) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("model", settings.model());
    request.put("messages", List.of(Map.of("role", "user", "content", prompt)));
    if (settings.maxTokens() != null) {
      request.put("max_tokens", settings.maxTokens());
    }
    String body = Json.MAPPER.writeValueAsString(Map.of("request", request));
    HttpResponse<String> answer = call("POST", "/quotes", body);
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("no quote: " + explain(answer));
    }
    return json(answer);
  }

  /** Repeats what the platform says can be repeated, after the pause that it asks for. */
  private HttpResponse<String> call(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(v1 + path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      for (int attempt = 1; ; attempt++) {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        boolean again =
            answer.headers().firstValue("x-should-retry").filter("true"::equals).isPresent();
        if (answer.statusCode() == 200 || !again || attempt == TRIES) {
          return answer;
        }
        Thread.sleep(Duration.ofSeconds(pause(answer)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(v1 + " does not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static long pause(HttpResponse<String> answer) {
    String asked = answer.headers().firstValue("retry-after").orElse("1");
    return asked.matches("\\d{1,6}") ? Math.clamp(Long.parseLong(asked), 1, PAUSE_SECONDS_MAX) : 1;
  }

  private static JsonNode json(HttpResponse<String> answer) {
    try {
      return Json.MAPPER.readTree(answer.body());
    } catch (JacksonException e) {
      throw new IllegalStateException("not JSON: " + answer.uri(), e);
    }
  }

  private static String explain(HttpResponse<String> answer) {
    try {
      String message =
          Json.MAPPER.readTree(answer.body()).path("error").path("message").asString("");
      return answer.statusCode() + " " + message;
    } catch (JacksonException e) {
      return answer.statusCode() + " from " + answer.uri();
    }
  }

  @Override
  public void close() {
    http.close();
  }

  /** Quotes of single requests, added up. */
  private static final class Sum {
    private BigDecimal minimum = BigDecimal.ZERO;
    private BigDecimal expected = BigDecimal.ZERO;
    private BigDecimal maximum = BigDecimal.ZERO;
    private BigDecimal largest = BigDecimal.ZERO;
    private boolean known = true;
    private String currency = "";
    private final TreeSet<String> versions = new TreeSet<>();
    private long requests;

    void add(JsonNode quote) {
      JsonNode cost = quote.path("cost");
      minimum = minimum.add(new BigDecimal(cost.path("minimum").asString()));
      BigDecimal most = new BigDecimal(cost.path("maximum").asString());
      maximum = maximum.add(most);
      largest = largest.max(most);
      known &= cost.path("expected").isString();
      expected = known ? expected.add(new BigDecimal(cost.path("expected").asString())) : expected;
      currency = quote.path("currency").asString("");
      versions.add(quote.path("price_version").asString(""));
      requests++;
    }

    Quote times(int samples) {
      var factor = BigDecimal.valueOf(samples);
      return new Quote(
          requests * samples,
          minimum.multiply(factor),
          known ? expected.multiply(factor) : null,
          maximum.multiply(factor),
          largest,
          currency,
          List.copyOf(versions));
    }
  }
}
