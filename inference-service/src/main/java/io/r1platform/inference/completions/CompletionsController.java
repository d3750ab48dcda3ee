package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.Generation;
import io.r1platform.inference.generation.Generations;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Completions, their cancellation, and the count of a prompt's tokens. */
@RestController
final class CompletionsController {
  private static final int SHORT_BODY = 4 << 10;
  private static final int COUNTS_AT_ONCE = 2;
  private static final int LONG_BODIES_AT_ONCE =
      Math.max(2, Runtime.getRuntime().availableProcessors() / 4);
  private static final Duration COUNT_WAIT = Duration.ofSeconds(2);
  private static final Duration LONG_BODY_WAIT = Duration.ofSeconds(5);

  private final CompletionSettings settings;
  private final Admissions admissions;
  private final Generations generations;
  private final Clock clock;
  private final Semaphore counting = new Semaphore(COUNTS_AT_ONCE);
  private final Semaphore reading = new Semaphore(LONG_BODIES_AT_ONCE);
  private final Scheduler virtualThreads =
      Schedulers.fromExecutor(command -> Thread.ofVirtual().name("r1-admission").start(command));

  CompletionsController(
      CompletionSettings settings, Admissions admissions, Generations generations, Clock clock) {
    this.settings = settings;
    this.admissions = admissions;
    this.generations = generations;
    this.clock = clock;
  }

  /** Of a conversation. */
  @PostMapping("/v1/chat/completions")
  Mono<Void> chat(ServerWebExchange exchange) {
    var call = new Call();
    return answer(exchange, call, body -> admissions.chat(exchange, body, call));
  }

  /** Of a raw prompt. */
  @PostMapping("/v1/completions")
  Mono<Void> raw(ServerWebExchange exchange) {
    var call = new Call();
    return answer(exchange, call, body -> admissions.raw(exchange, body, call));
  }

  /** How many tokens a prompt would have. */
  @PostMapping("/v1/tokenize")
  Mono<Wire.TokenCount> tokenize(ServerWebExchange exchange) {
    String resolved = CallHeaders.model(exchange.getRequest().getHeaders());
    return body(exchange).publishOn(virtualThreads).map(body -> count(resolved, body));
  }

  /** Nobody pays for it, and it may take a core and much memory: few at once. */
  private Wire.TokenCount count(@Nullable String resolved, byte[] body) {
    return among(counting, COUNT_WAIT, () -> admissions.count(resolved, body));
  }

  /** Does it when few others do the like, or refuses. */
  private static <T> T among(Semaphore few, Duration longest, Supplier<T> work) {
    boolean begins = false;
    try {
      begins = few.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!begins) {
      throw ServiceException.retryable(
          ErrorCode.ENGINE_OVERLOADED,
          "Too many long prompts are read now. Nothing was charged; send the request again.",
          Duration.ofSeconds(1));
    }
    try {
      return work.get();
    } finally {
      few.release();
    }
  }

  private Mono<Void> answer(
      ServerWebExchange exchange, Call call, Function<byte[], Admissions.Admitted> admit) {
    Scheduler eventLoop = EventLoop.of(exchange.getResponse()); // a closed connection has none
    return Mono.defer(
            () -> {
              admissions.requireRoom(exchange);
              return body(exchange);
            })
        .flatMap(body -> whereThereIsTime(body, admit))
        .flatMap(
            admitted ->
                admitted
                    .response(
                        exchange.getResponse(),
                        settings.keepAlive(),
                        () -> generations.alive(admitted.model()),
                        clock,
                        eventLoop)
                    .write(admitted.completion().signals()))
        .doFinally(_ -> call.over());
  }

  /**
   * Reading and tokenizing a long body takes long, hence a virtual thread, and few at once: the
   * engine needs its cores. For a short one that would only be one more wait for a core. Nothing
   * but memory is touched.
   */
  private Mono<Admissions.Admitted> whereThereIsTime(
      byte[] body, Function<byte[], Admissions.Admitted> admit) {
    return body.length <= SHORT_BODY
        ? Mono.just(admit.apply(body))
        : Mono.just(body)
            .publishOn(virtualThreads)
            .map(_ -> among(reading, LONG_BODY_WAIT, () -> admit.apply(body)));
  }

  private Mono<byte[]> body(ServerWebExchange exchange) {
    return DataBufferUtils.join(exchange.getRequest().getBody(), settings.bodyBytesMax())
        .onErrorMap(DataBufferLimitException.class, _ -> tooLarge())
        .map(CompletionsController::bytes)
        .defaultIfEmpty(new byte[0]);
  }

  /** The stream or JSON answer of the request then ends with its exact usage. */
  @PostMapping("/v1/requests/{id}/cancel")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void cancel(@PathVariable String id) {
    UUID eventId = CallHeaders.eventId(id);
    Generation generation =
        generations
            .find(eventId)
            .orElseThrow(
                () -> ServiceException.of(ErrorCode.NOT_FOUND, "No such request is running."));
    generation.cancel();
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  private ServiceException tooLarge() {
    return ServiceException.of(
        ErrorCode.REQUEST_TOO_LARGE,
        "The body is longer than %d bytes.".formatted(settings.bodyBytesMax()));
  }
}
