package io.r1platform.inference.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.engine.FinishReason;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.queue.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class GenerationTests {
  private final List<Long> cancels = new ArrayList<>();
  private final Generation generation =
      new Generation(
          7,
          new GenerationTask(
              "m", new UUID(1, 2), 1, "1.1", new int[] {1}, 10, 0, 1, 0, 0, 5, Share.UNNAMED),
          event -> true,
          Instant.EPOCH,
          cancels::add);

  /** The engine answers a cancel before its submit with "no such request" and forgets it. */
  @Test
  void aCancelThatOvertakesTheSubmitIsToldToTheEngineAgain() {
    generation.cancel();
    generation.submitted();
    assertThat(cancels).containsExactly(7L, 7L);
  }

  /** How many are on their way depends on the machine; a bill does not. */
  @Test
  void tokensAfterAStopStringAreNotCounted() {
    List<GenerationEvent> heard = new ArrayList<>();
    var stopped =
        new Generation(
            8,
            generation.task(),
            event -> {
              heard.add(event);
              return heard.size() < 2;
            },
            Instant.EPOCH,
            cancels::add);
    for (int id = 1; id <= 5; id++) {
      stopped.onToken(new GenerationEvent.Token(id, true, new byte[] {'a'}, 0));
    }
    var ended = stopped.finished(FinishReason.LENGTH, new Generation.Counts(1, 0, 0, 0));

    assertThat(heard).hasSize(2);
    assertThat(cancels).containsExactly(8L);
    assertThat(ended.usage().output()).isEqualTo(2);
    assertThat(ended.finish()).isEqualTo(GenerationEvent.Finish.STOP);
    assertThat(stopped.overrun()).isEqualTo(3);
  }

  @Test
  void aCancelledAnswerDoesNotLookWhole() {
    generation.cancel();
    var ended =
        generation.finished(FinishReason.CANCELLED, new Generation.Counts(1, 0, 1_000, 2_000));
    assertThat(ended.finish()).isEqualTo(GenerationEvent.Finish.CANCELLED);
    assertThat(Objects.requireNonNull(ended.failure()).code())
        .isEqualTo(ErrorCode.REQUEST_CANCELLED);
  }

  @Test
  void aCallersTimeoutWithoutATokenIsAFreeFailure() {
    var timed =
        new Generation(
            8,
            generation.task().with(Wishes.NONE.within(Duration.ofSeconds(2))),
            event -> true,
            Instant.EPOCH,
            cancels::add);
    var ended = timed.finished(FinishReason.DEADLINE, new Generation.Counts(1, 0, 1_000, 2_000));
    assertThat(ended.finish()).isEqualTo(GenerationEvent.Finish.DEADLINE);
    assertThat(Objects.requireNonNull(ended.failure()).getMessage()).contains("nothing is charged");
  }

  @Test
  void aTimeoutOverTheServicesOwnIsNone() {
    GenerationTask timed = generation.task().with(Wishes.NONE.within(Duration.ofSeconds(2)));
    assertThat(timed.under(Duration.ofSeconds(2)).wishes().timeout()).isNull();
    assertThat(timed.under(Duration.ofSeconds(3)).wishes().timeout())
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void aCancelAfterTheSubmitIsToldOnce() {
    generation.submitted();
    generation.cancel();
    generation.cancel();
    assertThat(cancels).containsExactly(7L);
  }
}
