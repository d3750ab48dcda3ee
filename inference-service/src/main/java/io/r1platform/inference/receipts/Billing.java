package io.r1platform.inference.receipts;

import io.r1platform.inference.security.TokenFile;
import io.r1platform.service.InternalTls;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Billing-service, as receipts see it. Calls wait, each with a limit to its whole answer. */
@Component
class Billing {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int CONFLICT = 409;

  private final URI base;
  private final TokenFile token;
  private final Duration timeout;
  private final JsonMapper json;
  private final Supplier<HttpClient> http;

  /** Billing's answer: the number that it expects next in the stream. */
  record Progress(long nextSeq) {}

  /** Billing cannot be reached or does not take what was sent; to be tried again. */
  static final class Refused extends Exception {
    Refused(String message) {
      super(message);
    }

    Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private record Batch(String instance_id, String first_seq, List<Item> receipts) {}

  private record Item(
      String event_id,
      int attempt,
      int model_id,
      String replica,
      int tok_hit,
      int tok_miss,
      int tok_reason,
      int tok_out,
      String finish,
      String output_sha256,
      String started_at,
      String ended_at) {
    static Item of(Receipt receipt) {
      return new Item(
          receipt.eventId().toString(),
          receipt.attempt(),
          receipt.modelId(),
          receipt.replica(),
          receipt.tokHit(),
          receipt.tokMiss(),
          receipt.tokReason(),
          receipt.tokOut(),
          receipt.finish().wire(),
          receipt.outputSha256(),
          receipt.startedAt().truncatedTo(ChronoUnit.MICROS).toString(),
          receipt.endedAt().truncatedTo(ChronoUnit.MICROS).toString());
    }
  }

  private record End(String last_seq, String started_at) {}

  Billing(ReceiptSettings settings, JsonMapper json, InternalTls tls, Clock clock) {
    this.base = settings.billingUrl();
    this.token = new TokenFile(settings.billingTokenFile(), clock);
    this.timeout = settings.shipTimeout();
    this.json = json;
    this.http =
        tls.client(
            () ->
                HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT));
  }

  /**
   * Sends receipts numbered from {@code firstSeq}.
   *
   * @return what billing expects next, also where it refused because of a gap
   */
  Progress ship(UUID instanceId, long firstSeq, List<Receipt> receipts)
      throws Refused, InterruptedException {
    var batch =
        new Batch(
            instanceId.toString(),
            Long.toString(firstSeq),
            receipts.stream().map(Item::of).toList());
    HttpResponse<String> answer = post("/internal/v1/engine-batches", batch);
    return switch (answer.statusCode()) {
      case OK -> new Progress(number(answer, "next_seq"));
      case CONFLICT -> new Progress(number(answer, "expected_seq"));
      default -> throw refused(answer);
    };
  }

  /**
   * Tells that a stream ended, and when its process began: its death explains nothing earlier.
   *
   * @return empty once billing knows it; else what it expects before the end, after a restore
   */
  Optional<Progress> end(UUID instanceId, Instant startedAt, long lastSeq)
      throws Refused, InterruptedException {
    HttpResponse<String> answer =
        post(
            "/internal/v1/engine-instances/" + instanceId + "/end",
            new End(Long.toString(lastSeq), startedAt.truncatedTo(ChronoUnit.MICROS).toString()));
    return switch (answer.statusCode()) {
      case OK, NO_CONTENT -> Optional.empty();
      case CONFLICT -> Optional.of(new Progress(number(answer, "expected_seq")));
      default -> throw refused(answer);
    };
  }

  private HttpResponse<String> post(String path, Object body) throws Refused, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path))
            .header("Authorization", "Bearer " + token.first())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
            .build();
    var answer = http.get().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS); // the request's own is no limit
    } catch (ExecutionException e) { // to the body
      throw new Refused("billing does not answer at " + base, e);
    } catch (TimeoutException e) {
      throw new Refused("billing did not answer in " + timeout + " at " + base, e);
    } finally {
      answer.cancel(true); // harmless once it is there
    }
  }

  private long number(HttpResponse<String> answer, String field) throws Refused {
    try {
      JsonNode value = json.readTree(answer.body()).path(field);
      return Long.parseLong(value.asString(""));
    } catch (JacksonException | NumberFormatException e) {
      throw new Refused("billing answered without " + field + ": " + answer.body(), e);
    }
  }

  private static Refused refused(HttpResponse<String> answer) {
    return new Refused("billing answered " + answer.statusCode() + ": " + answer.body());
  }
}
