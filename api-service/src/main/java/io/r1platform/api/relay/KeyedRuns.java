package io.r1platform.api.relay;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.errors.ErrorBody;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.RequestId;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.idempotency.Idempotency;
import io.r1platform.api.idempotency.KeyedRequest;
import io.r1platform.api.idempotency.Standing;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.KeyRevoked;
import io.r1platform.api.observability.Metric;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests with an {@code Idempotency-Key}: the first runs, its repeats get its answer. A run here
 * is known by its id from before its row is written until after the row tells how it ended.
 */
@Component
final class KeyedRuns {
  /** Says that nothing ran for this answer. */
  static final String REPLAYED = "x-r1-replayed";

  /** What a run may take to end after its deadline. */
  private static final Duration SPARE = Duration.ofMinutes(5);

  private static final Logger log = LoggerFactory.getLogger(KeyedRuns.class);

  private final Relay relay;
  private final Idempotency idempotency;
  private final KeptBytes memory;
  private final DetachedSettings settings;
  private final Answer writer;
  private final StoredAnswers stored;
  private final MeterRegistry meters;
  private final Clock clock;
  private final Map<UUID, First> running = new ConcurrentHashMap<>();

  /** A run of this process, and whose key it came with. */
  private record First(KeptAnswer answer, Caller caller) {}

  /** A request as it came, and its run's id, if it is the first. */
  private record Asked(
      Caller caller,
      ChatRequest chat,
      RequestBody body,
      ServerHttpResponse response,
      KeyedRequest request,
      int after,
      UUID id,
      Instant at) {}

  KeyedRuns(
      Relay relay,
      Idempotency idempotency,
      KeptBytes memory,
      DetachedSettings settings,
      JsonMapper json,
      ErrorBody errors,
      MeterRegistry meters,
      Clock clock) {
    this.relay = relay;
    this.idempotency = idempotency;
    this.memory = memory;
    this.settings = settings;
    this.writer = new Answer(json, errors);
    this.stored =
        new StoredAnswers(
            idempotency,
            memory,
            writer,
            settings.detachedLimit(),
            relay.settings().deadline().plus(SPARE),
            relay::revokedSince);
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * The answer to a request with a key, from whoever runs it or has run it. If this is the first,
   * it runs from here on whether or not its client stays.
   */
  Flux<DataBuffer> run(
      Caller caller,
      ChatRequest chat,
      RequestBody body,
      ServerWebExchange exchange,
      ClientKey key) {
    relay.offers().refuseForeign(caller, chat.model()); // also what another key has run
    if (!body.take()) {
      return Flux.empty(); // the client has left
    }
    Instant now = clock.instant();
    var asked =
        new Asked(
            caller,
            chat,
            body,
            exchange.getResponse(),
            KeyedRequest.of(
                caller.projectId(), chat.kind().enginePath(), key.value(), body.content()),
            key.after(),
            RequestId.renew(exchange, now),
            now);
    KeyedRequest request = asked.request; // alone: the run may outlive the connection in the rest
    var answer =
        new KeptAnswer(
            asked.id,
            chat.stream(),
            memory,
            settings.detachedLimit(),
            writer,
            (ended, charged) -> note(request, ended, charged));
    running.put(asked.id, new First(answer, caller));
    CompletableFuture<Flux<DataBuffer>> found =
        idempotency
            .claim(asked.request, asked.id, running::containsKey)
            .handle((standing, failure) -> begin(asked, answer, standing, failure));
    return Mono.fromFuture(found, true).flatMapMany(Function.identity());
  }

  /** On another thread, and also if the client has left. */
  private Flux<DataBuffer> begin(
      Asked asked, KeptAnswer answer, @Nullable Standing standing, @Nullable Throwable failure) {
    if (standing instanceof Standing.First) {
      count(standing);
      start(asked, answer);
      return read(asked, answer);
    }
    running.remove(asked.id);
    asked.body.free();
    return standing == null
        ? Flux.error(failure == null ? ServiceException.meteringUnavailable() : cause(failure))
        : repeat(asked, standing);
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure : cause;
  }

  private void start(Asked asked, KeptAnswer answer) {
    try {
      if (asked.after > 0) {
        throw ServiceException.of(
            ErrorCode.INVALID_STATE,
            "No answer is kept under this key that could be resumed. Nothing was charged. Send it"
                + " without Last-Event-ID to run it.");
      }
      memory.checkRoom();
      relay.begin(relay.admit(asked.caller, asked.chat, asked.body, asked.id, asked.at), answer);
    } catch (RuntimeException e) { // whatever it is, the key must not stand open
      asked.body.free();
      answer.refuse(e);
    }
  }

  private Flux<DataBuffer> repeat(Asked asked, Standing standing) {
    count(standing);
    ServiceException revoked = relay.revokedSince(asked.caller);
    if (revoked != null) { // while its body came
      return Flux.error(revoked);
    }
    log.info(
        "project={} key={} repeats a request: {}",
        asked.caller.projectId(),
        asked.caller.keyId(),
        wire(standing));
    return switch (standing) {
      case Standing.Running(UUID id, boolean here) when here -> {
        First first = running.get(id);
        yield first == null ? later(asked) : read(asked, first.answer);
      }
      case Standing.Running elsewhere -> later(asked);
      case Standing.Answered(UUID id, var reply) -> stored.replay(wanted(asked), id, reply);
      default -> Flux.error(StoredAnswers.error(standing));
    };
  }

  private Flux<DataBuffer> read(Asked asked, KeptAnswer answer) {
    return answer
        .read(asked.response, asked.after, asked.caller.keyId())
        .onErrorResume(KeptAnswer.Released.class, gone -> later(asked));
  }

  /** From the database, when it is there. */
  private Flux<DataBuffer> later(Asked asked) {
    return stored.await(wanted(asked), running::containsKey);
  }

  private static StoredAnswers.Wanted wanted(Asked asked) {
    return new StoredAnswers.Wanted(
        asked.caller, asked.request, asked.response, asked.chat.stream(), asked.after, asked.id);
  }

  /** Writes down how a run ended; it leaves memory when that is done. */
  private void note(KeyedRequest request, KeptAnswer ended, @Nullable String charged) {
    UUID id = ended.eventId();
    var _ =
        (charged == null
                ? idempotency.free(request, id)
                : idempotency.keep(request, id, ended::reply, charged))
            .whenComplete(
                (done, failure) -> {
                  running.remove(id);
                  ended.stored();
                });
  }

  /** A revoked key reads nothing any more; what it has running itself, the relay stops. */
  @EventListener
  void on(KeyRevoked event) {
    ServiceException revoked =
        ServiceException.of(ErrorCode.KEY_REVOKED, "This API key has been revoked.");
    for (First first : running.values()) {
      if (first.caller.keyId() != event.keyId()) {
        first.answer.cutOff(event.keyId(), revoked);
      }
    }
  }

  private void count(Standing standing) {
    meters.counter(Metric.IDEMPOTENCY.id(), "standing", wire(standing)).increment();
  }

  private static String wire(Standing standing) {
    return standing.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
