package io.r1platform.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

final class ResponseTests {
  private static final Duration KEEP_ALIVE = Duration.ofMillis(100);

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T09:00:00Z"));
  private final MockServerHttpResponse sent = new MockServerHttpResponse();

  /** Writes an answer of which nothing comes, while {@code alive} is asked, until {@code until}. */
  private void waitInSilence(BooleanSupplier alive, Callable<Boolean> until) {
    Disposable writing = writeNothing(alive, Schedulers.immediate());
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(until);
    writing.dispose();
  }

  private Disposable writeNothing(BooleanSupplier alive, Scheduler eventLoop) {
    var writer = new JsonWriter(Answers.answer(), false);
    var response = new Response(sent, writer, 17, KEEP_ALIVE, alive, clock, eventLoop);
    clock.advance(KEEP_ALIVE);
    return response.write(Flux.never()).subscribe();
  }

  /** Else a request for more may meet the end of a buffer, and be lost. */
  @Test
  void everythingIsWrittenOnTheConnectionsThread() {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    sent.setWriteHandler(
        body -> body.doOnNext(bytes -> threads.add(Thread.currentThread().getName())).then());
    Scheduler eventLoop = Schedulers.newSingle("event-loop");

    Disposable writing = writeNothing(() -> true, eventLoop);
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !threads.isEmpty());
    writing.dispose();
    eventLoop.dispose();

    assertThat(threads).allMatch(name -> name.startsWith("event-loop"));
  }

  /** The head has left for the gateway alone: what a client reads is as if it had not. */
  @Test
  void aFailureAfterTheToldStartHasTheShapeOfOneBefore() {
    var failure = ServiceException.of(ErrorCode.ENGINE_FAILED, "The engine failed.");
    var writer = new JsonWriter(Answers.answer(), true);
    var response =
        new Response(sent, writer, 17, KEEP_ALIVE, () -> true, clock, Schedulers.immediate());

    response
        .write(
            Flux.just(
                Answers.reasoning(1, "We"),
                new Signal.End(Answers.ended(GenerationEvent.Finish.ERROR, 1, 1, failure))))
        .block(Duration.ofSeconds(10));

    String body = sent.getBodyAsString().block(Duration.ofSeconds(10));
    assertThat(body).startsWith(" {").contains("\"partial\"").doesNotContain("\"choices\"");
    assertThat(sent.getStatusCode()).isEqualTo(HttpStatus.OK);
    assertThat(sent.getHeaders().getFirst("x-r1-prompt-tokens")).isNotNull();
  }

  /** Else the gateway, which hears them, would wait for its end for an hour. */
  @Test
  void noKeepAlivesComeFromADeadEngine() {
    var asked = new AtomicInteger();
    waitInSilence(
        () -> {
          asked.incrementAndGet();
          return false;
        },
        () -> asked.get() >= 5);
    assertThat(sent.isCommitted()).isFalse();
  }

  @Test
  void keepAlivesComeFromAnEngineThatLives() {
    waitInSilence(() -> true, sent::isCommitted);
    assertThat(sent.getStatusCode()).isEqualTo(HttpStatus.OK);
  }
}
