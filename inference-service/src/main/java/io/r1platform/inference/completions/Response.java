package io.r1platform.inference.completions;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Writes an answer as its signals come. The head leaves with the first bytes, so a failure before
 * them still has its own status. A slow client slows only its own answer. Silence is broken only
 * while the engine lives: the gateway gives up a request of which it hears nothing.
 */
final class Response {
  private static final int UNKNOWN = -1;
  private static final int TICKS_PER_SILENCE = 10;

  /** Pieces that may wait for the connection's thread. */
  private static final int AHEAD = 32;

  private static final Duration SHORTEST_TICK = Duration.ofMillis(10);

  private final ServerHttpResponse response;
  private final AnswerWriter writer;
  private final int promptTokens;
  private final Duration keepAlive;
  private final BooleanSupplier alive;
  private final Clock clock;
  private final Scheduler eventLoop;
  private boolean headLeft;
  private boolean begun;
  private int cachedTokens = UNKNOWN;
  private Instant lastBytes;

  Response(
      ServerHttpResponse response,
      AnswerWriter writer,
      int promptTokens,
      Duration keepAlive,
      BooleanSupplier alive,
      Clock clock,
      Scheduler eventLoop) {
    this.response = response;
    this.writer = writer;
    this.promptTokens = promptTokens;
    this.keepAlive = keepAlive;
    this.alive = alive;
    this.clock = clock;
    this.eventLoop = eventLoop;
    this.lastBytes = clock.instant();
  }

  Mono<Void> write(Flux<Signal> signals) {
    Duration tick = keepAlive.dividedBy(TICKS_PER_SILENCE);
    Flux<Signal> ticks =
        Flux.interval(tick.compareTo(SHORTEST_TICK) < 0 ? SHORTEST_TICK : tick)
            .onBackpressureDrop()
            .map(_ -> new Signal.Tick());
    return response.writeAndFlushWith(
        Flux.merge(signals, ticks)
            .takeUntil(signal -> signal instanceof Signal.End)
            .publishOn(eventLoop, AHEAD)
            .map(this::bytes)
            .filter(bytes -> bytes.length > 0)
            .map(bytes -> Mono.just(response.bufferFactory().wrap(bytes))));
  }

  private byte[] bytes(Signal signal) {
    byte[] bytes =
        switch (signal) {
          case Signal.Delta delta -> {
            cachedTokens = delta.cachedTokens();
            byte[] text = writer.delta(delta);
            begin(text.length > 0, 200, writer.mediaType());
            yield text;
          }
          case Signal.Finished finished -> {
            byte[] told = writer.finished(finished);
            if (told.length > 0) {
              cachedTokens = finished.cachedTokens();
            }
            begin(told.length > 0, 200, writer.mediaType());
            yield told;
          }
          case Signal.Tick _ -> silence();
          case Signal.End end -> {
            cachedTokens = end.ended().usage().promptHit();
            AnswerWriter.Last last = writer.end(end, begun);
            if (last.retryAfter() != null && !headLeft) {
              long seconds = last.retryAfter().toSeconds();
              response.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
            }
            begin(true, last.status(), last.mediaType());
            yield last.bytes();
          }
        };
    if (bytes.length > 0) {
      lastBytes = clock.instant();
      begun |= !JsonWriter.isStart(bytes);
    }
    return bytes;
  }

  private byte[] silence() {
    if (clock.instant().isBefore(lastBytes.plus(keepAlive)) || !alive.getAsBoolean()) {
      return new byte[0];
    }
    begin(true, 200, writer.mediaType());
    return writer.silence();
  }

  /** Sets the head before the first bytes. */
  private void begin(boolean bytesFollow, int status, MediaType mediaType) {
    if (headLeft || !bytesFollow) {
      return;
    }
    headLeft = true;
    response.setStatusCode(HttpStatusCode.valueOf(status));
    response.getHeaders().setContentType(mediaType);
    response.getHeaders().setCacheControl("no-store");
    if (cachedTokens != UNKNOWN) { // else the stream tells it with its first event
      response
          .getHeaders()
          .set("x-r1-prompt-tokens", cachedTokens + "," + (promptTokens - cachedTokens));
    }
  }
}
