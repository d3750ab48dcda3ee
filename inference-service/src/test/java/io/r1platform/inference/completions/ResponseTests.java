package io.r1platform.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

final class ResponseTests {
  private static final Duration KEEP_ALIVE = Duration.ofMillis(100);

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T09:00:00Z"));
  private final MockServerHttpResponse sent = new MockServerHttpResponse();

  /** Writes an answer of which nothing comes, while {@code alive} is asked, until {@code until}. */
  private void waitInSilence(BooleanSupplier alive, Callable<Boolean> until) {
    var response =
        new Response(sent, new JsonWriter(Answers.answer()), 17, KEEP_ALIVE, alive, clock);
    clock.advance(KEEP_ALIVE);
    Disposable writing = response.write(Flux.never()).subscribe();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(until);
    writing.dispose();
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
