package io.r1platform.api.relay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.observability.Metric;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The memory for request bodies, of all requests together: no caller can fill the heap, whatever
 * many requests it sends. A body counts from its first byte until the engine has it.
 */
@Component
final class Bodies {
  private static final int SHARE_OF_HEAP = 4;

  /** Larger bodies are read off the event loop: a few milliseconds of its time are many tokens. */
  private static final int LARGE = 64 << 10;

  private final AtomicLong bytes = new AtomicLong();
  private final Counter refused;
  private final Duration longestWait;
  private final int mostOfOne;
  private final long most;

  Bodies(RelaySettings settings, MeterRegistry meters) {
    this.longestWait = settings.bodyWait();
    this.mostOfOne = Math.toIntExact(settings.bodyLimit().toBytes());
    DataSize limit = settings.bodiesLimit();
    this.most =
        limit == null
            ? Math.max(mostOfOne, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP)
            : limit.toBytes();
    this.refused = meters.counter(Metric.BODIES_REFUSED.id());
    meters.gauge(Metric.BODIES_BYTES.id(), bytes);
  }

  /**
   * A body that is about to come.
   *
   * @param announced its length as the client says it, below 0 if it does not
   */
  RequestBody open(long announced) {
    return new RequestBody(this, mostOfOne, announced);
  }

  /**
   * Receives a body and does something with it; what nobody took is freed when that is over.
   *
   * @param parse what is to be known of it; large ones not on the event loop
   */
  <T> Mono<Void> read(
      ServerHttpRequest request,
      Function<ByteBuffer, T> parse,
      BiFunction<RequestBody, T, Mono<Void>> then) {
    return Mono.using(
        () -> open(request.getHeaders().getContentLength()),
        body ->
            receive(request, body)
                .then(Mono.defer(() -> parsed(body, parse)))
                .flatMap(known -> then.apply(body, known)),
        RequestBody::abandon);
  }

  private Mono<Void> receive(ServerHttpRequest request, RequestBody body) {
    return request
        .getBody()
        .doOnNext(body::add)
        .then()
        .timeout(longestWait)
        .onErrorMap(TimeoutException.class, late -> tooLate());
  }

  /** The 408 of a body that did not come in time. */
  static ServiceException tooLate() {
    return ServiceException.of(
        ErrorCode.REQUEST_TIMEOUT, "The body did not come in time. Send it again.");
  }

  private static <T> Mono<T> parsed(RequestBody body, Function<ByteBuffer, T> parse) {
    if (body.length() == 0) {
      throw ServiceException.of(ErrorCode.INVALID_JSON, "The body is empty.");
    }
    Mono<T> parsing = Mono.fromCallable(() -> parse.apply(body.content()));
    return body.length() < LARGE ? parsing : parsing.subscribeOn(Schedulers.boundedElastic());
  }

  /** Longest time that a body may take to come. */
  Duration longestWait() {
    return longestWait;
  }

  /** Takes room. Fails with 503 engine_overloaded if there is none. */
  void reserve(int more) {
    if (bytes.addAndGet(more) > most) {
      bytes.addAndGet(-more);
      refused.increment();
      throw ServiceException.later(
          ErrorCode.ENGINE_OVERLOADED,
          Duration.ofSeconds(1),
          "Too many requests are being read at once. Nothing was charged. Send it again.");
    }
  }

  void release(int reserved) {
    bytes.addAndGet(-reserved);
  }
}
