package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LifecycleTests {
  private static final int[] PROMPT = {0, 3, 48, 4, 14};

  @Test
  void secondCloseDoesNothing() {
    Engine engine = Fixture.open();
    engine.close();
    assertThatCode(engine::close).doesNotThrowAnyException();
  }

  @Test
  void useAfterCloseThrows() {
    Engine engine = Fixture.open();
    engine.close();
    List<ThrowingCallable> uses =
        List.of(
            engine::state,
            engine::model,
            engine::stats,
            engine::drain,
            () -> engine.awaitReady(Duration.ofSeconds(1)),
            () -> engine.tokenize("a"),
            () -> engine.detokenize(PROMPT),
            () -> engine.tokenId("<think>"),
            () -> engine.cancel(1),
            () -> engine.submit(GenerationRequest.greedy(1, PROMPT, 1)),
            () -> engine.poll(new EventBuffer(16), Duration.ZERO));
    for (ThrowingCallable use : uses) {
      assertThatThrownBy(use)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("clos");
    }
  }

  @Test
  void closedHandleNeverReachesALaterEngine() {
    Engine first = Fixture.open();
    first.close();
    try (Engine second = Fixture.open()) {
      assertThatThrownBy(first::state).isInstanceOf(IllegalStateException.class);
      assertThat(second.state().ready()).isTrue();
    }
  }

  @Test
  void closeEndsAPollInAnotherThread() throws Exception {
    Engine engine = Fixture.open();
    CountDownLatch polled = new CountDownLatch(1);
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread poller =
        Thread.ofPlatform()
            .start(
                () -> {
                  EventBuffer events = new EventBuffer(16);
                  try {
                    engine.poll(events, Duration.ZERO);
                    polled.countDown();
                    for (; ; ) {
                      engine.poll(events, Duration.ofSeconds(1));
                    }
                  } catch (IllegalStateException closed) {
                    end.complete(closed);
                  }
                });
    polled.await();
    engine.close();
    assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
    poller.join();
  }

  @Test
  void closeWhileLoadingAndWhileGeneratingEndsBoth() {
    Engine.open(EngineOptions.defaults(Fixture.MODEL)).close();
    Engine engine = Fixture.open();
    for (long id = 1; id <= 20; id++) {
      engine.submit(GenerationRequest.greedy(id, PROMPT, 400).ignoringEnd());
    }
    Generated.until(engine, seen -> seen.size() >= 10);
    engine.close();
    assertThatThrownBy(engine::state).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void onlyOneThreadPolls() throws Exception {
    try (Engine engine = Fixture.open()) {
      List<CompletableFuture<EngineStatus>> pollers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        pollers.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    engine.poll(new EventBuffer(16), Duration.ofSeconds(1));
                    return EngineStatus.OK;
                  } catch (EngineException e) {
                    return e.status();
                  }
                },
                task -> Thread.ofPlatform().start(task)));
      }
      assertThat(List.of(pollers.get(0).get(), pollers.get(1).get()))
          .containsExactlyInAnyOrder(EngineStatus.OK, EngineStatus.STATE);
    }
  }

  @Test
  void drainLetsAcceptedRequestsEndAndRefusesNewOnes() {
    try (Engine engine = Fixture.open(EngineOptions.defaults(Fixture.MODEL).withRequests(2, 8))) {
      for (long id = 1; id <= 6; id++) {
        engine.submit(GenerationRequest.greedy(id, PROMPT, 20).ignoringEnd());
      }
      engine.drain();
      assertThatThrownBy(() -> engine.submit(GenerationRequest.greedy(7, PROMPT, 1)))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.STATE));
      assertThat(Generated.all(engine, 1, 2, 3, 4, 5, 6))
          .allSatisfy(g -> assertThat(g.reason).isEqualTo(FinishReason.LENGTH));
      assertThat(awaitDrained(engine)).isEqualTo(EngineState.Phase.DRAINED);
    }
  }

  @Test
  void drainEndsWhatIsUnfinishedAfterItsTime() {
    try (Engine engine = Fixture.open(EngineOptions.defaults(Fixture.MODEL).withRequests(1, 8))) {
      for (long id = 1; id <= 6; id++) {
        engine.submit(GenerationRequest.greedy(id, PROMPT, 500).ignoringEnd());
      }
      engine.drain();
      engine.drain(Duration.ofMillis(1));
      assertThat(Generated.all(engine, 1, 2, 3, 4, 5, 6))
          .anySatisfy(g -> assertThat(g.reason).isEqualTo(FinishReason.DRAINED))
          .allSatisfy(g -> assertThat(g.reason).isIn(FinishReason.DRAINED, FinishReason.LENGTH));
      assertThat(awaitDrained(engine)).isEqualTo(EngineState.Phase.DRAINED);
    }
  }

  /** The phase turns a moment after the last event is in the ring. */
  private static EngineState.Phase awaitDrained(Engine engine) {
    EventBuffer events = new EventBuffer(16);
    for (int i = 0; i < 100 && engine.state().phase() != EngineState.Phase.DRAINED; i++) {
      engine.poll(events, Duration.ofMillis(100));
    }
    return engine.state().phase();
  }

  @Test
  void drainOfAnIdleEngineIsDrainedAtOnce() {
    try (Engine engine = Fixture.open()) {
      engine.drain();
      assertThat(engine.state().phase()).isEqualTo(EngineState.Phase.DRAINED);
    }
  }

  @Test
  void nothingIsAnsweredBeforeTheModelIsLoaded() {
    try (Engine engine = Engine.open(EngineOptions.defaults(Fixture.MODEL))) {
      if (engine.state().phase() == EngineState.Phase.LOADING) {
        assertThatThrownBy(engine::model).isInstanceOf(EngineException.class);
      }
      assertThat(engine.awaitReady(Duration.ofSeconds(60)).ready()).isTrue();
      assertThat(engine.state().progress()).isEqualTo(1);
    }
  }

  @Test
  void aSixtyFifthEngineIsRefused() {
    List<Engine> engines = new ArrayList<>();
    try {
      EngineOptions small =
          EngineOptions.defaults(Fixture.MODEL)
              .with(new EngineOptions.Sizes(1, 0, 64, 8, 8, 1, 64));
      for (int i = 0; i < 64; i++) {
        engines.add(Engine.open(small));
      }
      assertThatThrownBy(() -> Engine.open(small)).hasMessageContaining("64 engines");
    } finally {
      engines.forEach(Engine::close);
    }
  }
}
