package io.r1platform.springai;

import static io.r1platform.springai.Nano.SUM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.observation.ObservationRegistry;
import io.r1platform.engine.EventBuffer;
import io.r1platform.engine.GenerationRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import reactor.core.publisher.Mono;

/** What an application sees of an engine that died or stands still. */
@Timeout(120)
class DeadEngineTests {
  /** Kills the engine's thread at its first token. */
  private record Killer(Runnable heard) implements EmbeddedEngine.Listener {
    @Override
    public boolean token(EventBuffer event) {
      throw new AssertionError("killed by the test");
    }

    @Override
    public void ended(EventBuffer event) {}

    @Override
    public void died() {
      heard.run();
    }
  }

  /** The engine is fast: the call may end before its engine dies, so it is tried again. */
  @Test
  void aCallThatHadTokensTellsItsPromptAndTheApplicationIsNoLongerAlive() {
    R1Exception failure = killed();
    for (int attempt = 1; attempt < 20 && failure == null; attempt++) {
      failure = killed();
    }

    Objects.requireNonNull(failure, "the engine never died before the call's end");
    assertThat(failure.reason()).isEqualTo(R1Exception.Reason.UNAVAILABLE);
    assertThat(failure.usage().output()).isPositive();
    assertThat(failure.usage().prompt()).isPositive();
    assertThat(failure.usage().cached()).isBetween(0, failure.usage().prompt());
  }

  /** What a call hears whose engine died after its first text; null if it had ended before. */
  private static @Nullable R1Exception killed() {
    try (var nano = new Nano(ObservationRegistry.NOOP, 2, 2)) {
      var killed = new AtomicBoolean();
      nano.model.stream(new Prompt(SUM))
          .doOnNext(
              _ -> {
                if (killed.compareAndSet(false, true)) {
                  kill(nano.engine);
                }
              })
          .blockLast(Duration.ofSeconds(60));
      return null;
    } catch (R1Exception e) {
      return e;
    }
  }

  @Test
  void anApplicationWithADeadEngineIsBroken() {
    try (var nano = new Nano(ObservationRegistry.NOOP, 2, 2)) {
      var died = new CountDownLatch(1);
      kill(nano.engine, died::countDown);
      assertThat(died.await(60, TimeUnit.SECONDS)).isTrue();
      assertBroken(nano);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aCallBeyondItsDeadlineDoesNotWaitForEver() {
    var broken = new AtomicInteger();

    R1Exception failure =
        catchThrowableOfType(
            R1Exception.class,
            () ->
                new WholeAnswer().await(Duration.ofMillis(20), () -> {}, broken::incrementAndGet));
    R1Exception inStream =
        catchThrowableOfType(
            R1Exception.class,
            () ->
                new StreamedAnswer()
                    .responses(Duration.ofMillis(20), () -> {}, broken::incrementAndGet)
                    .blockLast());

    assertThat(failure.reason()).isEqualTo(R1Exception.Reason.UNAVAILABLE);
    assertThat(inStream.reason()).isEqualTo(R1Exception.Reason.UNAVAILABLE);
    assertThat(broken).hasValue(2);
  }

  /** The answer waits for its reader; the engine has nothing to do with it any more. */
  @Test
  void aSlowReaderOfAWholeAnswerBreaksNothing() {
    var broken = new AtomicInteger();
    var answer = new StreamedAnswer();
    var response = new ChatResponse(List.of());
    int pieces = 600; // more than what waits for the reader's thread
    for (int i = 0; i < pieces; i++) {
      answer.delta(response);
    }
    answer.ended(response, response);
    Duration longest = Duration.ofMillis(20);

    Long read =
        answer
            .responses(longest, () -> {}, broken::incrementAndGet)
            .concatMap(piece -> Mono.delay(longest.dividedBy(100)).thenReturn(piece), 1)
            .count()
            .block(Duration.ofSeconds(60));

    assertThat(read).isEqualTo(pieces + 1);
    assertThat(broken).hasValue(0);
  }

  private static void kill(EmbeddedEngine engine) {
    kill(engine, () -> {});
  }

  private static void kill(EmbeddedEngine engine, Runnable heard) {
    int[] prompt = engine.vocabulary().template().raw("1");
    engine.submit(GenerationRequest.greedy(engine.nextId(), prompt, 8), new Killer(heard));
  }

  private static void assertBroken(Nano nano) {
    assertThat(nano.published)
        .anySatisfy(
            event ->
                assertThat(((AvailabilityChangeEvent<?>) event).getState())
                    .isEqualTo(LivenessState.BROKEN));
    assertThat(
            catchThrowableOfType(R1Exception.class, () -> nano.model.call(new Prompt(SUM)))
                .reason())
        .isEqualTo(R1Exception.Reason.UNAVAILABLE);
  }
}
