package io.r1platform.inference.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.generation.GenerationEvent.Finish;
import io.r1platform.inference.generation.GenerationEvent.Usage;
import io.r1platform.inference.queue.Share;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Three choices of a prompt of 100 tokens. */
final class ChoicesTests {
  private static final String HASH = "ab".repeat(32);

  private final Choices choices = new Choices(3);
  private final List<Long> cancelled = new ArrayList<>();

  ChoicesTests() {
    var task =
        new GenerationTask(
            "r1-nano", new UUID(1, 2), 1, "1.1", new int[100], 10, 0, 1, 0, 0, 5, Share.UNNAMED);
    for (int i = 0; i < 3; i++) {
      choices.started(
          new Generation(i, task.asChoice(i, choices), _ -> true, Instant.EPOCH, cancelled::add));
    }
  }

  private static Ended ended(
      Finish finish, int hit, int reasoning, int output, @Nullable ErrorCode failure) {
    return new Ended(
        finish,
        new Usage(hit, 100 - hit, reasoning, output, HASH, 5, 1),
        failure == null ? null : ServiceException.of(failure, "x"));
  }

  @Test
  void outputsAddUpAndThePromptIsThatOfTheFirstToken() {
    choices.began(1);
    choices.began(0);
    assertThat(choices.ended(0, ended(Finish.STOP, 99, 3, 4, null))).isEmpty();
    assertThat(choices.ended(1, ended(Finish.LENGTH, 0, 5, 5, null))).isEmpty();
    Ended whole = choices.ended(2, ended(Finish.STOP, 99, 0, 1, null)).orElseThrow();

    assertThat(whole.finish()).isEqualTo(Finish.LENGTH);
    assertThat(whole.failure()).isNull();
    assertThat(whole.usage().promptMiss()).isEqualTo(100);
    assertThat(whole.usage().reasoning()).isEqualTo(8);
    assertThat(whole.usage().output()).isEqualTo(10);
    assertThat(cancelled).isEmpty();
  }

  /** The client gets no whole answer, so nobody should pay for more of it. */
  @Test
  void theFailureOfOneStopsTheOthersAndIsTheReason() {
    choices.began(0);
    assertThat(choices.ended(1, ended(Finish.ERROR, 0, 0, 2, ErrorCode.ENGINE_FAILED))).isEmpty();
    assertThat(cancelled).contains(0L, 2L);
    Ended stopped = ended(Finish.CANCELLED, 0, 3, 3, ErrorCode.REQUEST_CANCELLED);
    assertThat(choices.ended(0, stopped)).isEmpty();
    Ended whole = choices.ended(2, stopped).orElseThrow();

    assertThat(whole.finish()).isEqualTo(Finish.ERROR);
    assertThat(Objects.requireNonNull(whole.failure()).code()).isEqualTo(ErrorCode.ENGINE_FAILED);
    assertThat(whole.usage().output()).isEqualTo(8);
  }

  /** One that never ran says that nothing is charged; the others' tokens are. */
  @Test
  void theFailureTellsWhatAllOfThemCost() {
    choices.began(0);
    assertThat(choices.begun()).isTrue();
    Ended never = ended(Finish.DEADLINE, 0, 0, 0, ErrorCode.QUEUE_TIMEOUT);
    assertThat(choices.ended(1, never)).isEmpty();
    assertThat(choices.ended(2, never)).isEmpty();
    Ended ran = ended(Finish.CANCELLED, 0, 3, 7, ErrorCode.REQUEST_CANCELLED);
    ServiceException failure =
        Objects.requireNonNull(choices.ended(0, ran).orElseThrow().failure());

    assertThat(failure.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(failure).hasMessageContaining("after 7 tokens of all, which are charged");
  }

  @Test
  void whereNoneHasATokenTheFailureStaysAsItIs() {
    assertThat(choices.begun()).isFalse();
    Ended never = ended(Finish.DEADLINE, 0, 0, 0, ErrorCode.QUEUE_TIMEOUT);
    assertThat(choices.ended(0, never)).isEmpty();
    assertThat(choices.ended(1, never)).isEmpty();
    Ended whole = choices.ended(2, never).orElseThrow();
    assertThat(Objects.requireNonNull(whole.failure()).code()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
  }
}
