package io.r1platform.inference.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.queue.QueueLimits;
import io.r1platform.inference.queue.Share;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Two places, 1,000 cells; 3 requests with 1,500 tokens may wait. */
final class RequestQueueTests {
  private static final int PROMPT = 100;

  private final List<Long> submitted = new ArrayList<>();
  private final List<Long> refused = new ArrayList<>();
  private final RequestQueue queue =
      new RequestQueue(
          "m",
          new QueueLimits(3, 1_500),
          2,
          Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
          new Engine());
  private long lastId;
  private boolean broken;

  private final class Engine implements RequestQueue.Runner {
    @Override
    public long cells() {
      return 1_000;
    }

    @Override
    public void submit(Generation generation) {
      if (broken) {
        throw new IllegalStateException("broken");
      }
      submitted.add(generation.engineId());
    }

    @Override
    public void refused(Generation generation, RuntimeException why) {
      refused.add(generation.engineId());
    }
  }

  private Generation add(int maxTokens) {
    Generation generation = generation(maxTokens);
    queue.add(generation);
    return generation;
  }

  private Generation generation(int maxTokens) {
    lastId++;
    var task =
        new GenerationTask(
            "m",
            new UUID(1, lastId),
            1,
            "1.1",
            new int[PROMPT],
            maxTokens,
            0,
            1,
            0,
            0,
            5,
            Share.UNNAMED);
    return new Generation(lastId, task, _ -> true, Instant.EPOCH, _ -> {});
  }

  private void end(Generation generation) {
    queue.ended(generation, new GenerationEvent.Usage(0, PROMPT, 0, 10, "", 0, 0));
  }

  private ServiceException refusal(int maxTokens) {
    return catchThrowableOfType(ServiceException.class, () -> add(maxTokens));
  }

  @Test
  void theEngineGetsOnlyWhatItCanRunAtOnce() {
    Generation first = add(10);
    add(10);
    add(10);
    assertThat(submitted).containsExactly(1L, 2L);
    end(first);
    assertThat(submitted).containsExactly(1L, 2L, 3L);
    assertThat(queue.requests()).isZero();
  }

  @Test
  void whatDoesNotFitTheCacheWaitsForIt() {
    Generation first = add(600);
    add(600);
    assertThat(submitted).containsExactly(1L);
    end(first);
    assertThat(submitted).containsExactly(1L, 2L);
  }

  @Test
  void aCancelOfWhatDoesNotFitLetsTheNextRun() {
    add(600);
    Generation large = add(600);
    add(10);
    assertThat(queue.remove(large.engineId())).isSameAs(large);
    assertThat(queue.remove(large.engineId())).isNull();
    assertThat(submitted).containsExactly(1L, 3L);
  }

  @Test
  void tooManyRequestsAreRefusedWithATimeToRetry() {
    for (int i = 0; i < 5; i++) {
      add(10);
    }
    ServiceException refusal = refusal(10);
    assertThat(refusal.code()).isEqualTo(ErrorCode.ENGINE_OVERLOADED);
    assertThat(refusal.explanation()).contains("full in requests");
    assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(1)); // two left this second
  }

  @Test
  void aFullQueueRefusesBeforeARequestIsRead() {
    for (int i = 0; i < 4; i++) {
      add(10);
    }
    queue.requireRoom();
    add(10);
    ServiceException refusal = catchThrowableOfType(ServiceException.class, queue::requireRoom);
    assertThat(refusal.code()).isEqualTo(ErrorCode.ENGINE_OVERLOADED);
    assertThat(refusal.retryAfter()).isPositive();
    queue.close();
    assertThat(catchThrowableOfType(ServiceException.class, queue::requireRoom).code())
        .isEqualTo(ErrorCode.SERVER_DRAINING);
  }

  @Test
  void tooManyTokensAreRefusedWithATimeToRetry() {
    for (int i = 0; i < 3; i++) {
      add(900); // each counts as 612
    }
    assertThat(queue.tokens()).isEqualTo(2 * 612);
    ServiceException refusal = refusal(900);
    assertThat(refusal.code()).isEqualTo(ErrorCode.ENGINE_OVERLOADED);
    assertThat(refusal.explanation()).contains("full in tokens");
    assertThat(refusal.retryAfter()).isNotNull();
  }

  @Test
  void choicesAreTakenTogetherOrNotAtAll() {
    queue.addAll(List.of(generation(10), generation(10), generation(10), generation(10)));
    assertThat(submitted).containsExactly(1L, 2L);
    assertThat(queue.requests()).isEqualTo(2);
    List<Generation> three = List.of(generation(900), generation(900), generation(900));
    assertThat(catchThrowableOfType(ServiceException.class, () -> queue.addAll(three)).code())
        .isEqualTo(ErrorCode.ENGINE_OVERLOADED);
    assertThat(queue.requests()).isEqualTo(2);
  }

  @Test
  void moreChoicesThanMayWaitAreTakenWhereOneMay() {
    queue.addAll(
        List.of(
            generation(10),
            generation(10),
            generation(10),
            generation(10),
            generation(10),
            generation(10)));
    assertThat(queue.requests()).isEqualTo(4);
    assertThat(refusal(10).explanation()).contains("full in requests");
  }

  @Test
  void whatTheEngineRefusesIsToldAndLeavesItsPlace() {
    broken = true;
    add(10);
    assertThat(refused).containsExactly(1L);
    broken = false;
    add(10);
    add(10);
    assertThat(submitted).containsExactly(2L, 3L);
  }

  @Test
  void onceClosedItTakesNothingAndGivesUpWhatWaits() {
    Generation first = add(10);
    add(10);
    Generation third = add(10);
    assertThat(queue.close()).containsExactly(third);
    end(first);
    assertThat(submitted).containsExactly(1L, 2L);
    assertThat(refusal(10).code()).isEqualTo(ErrorCode.SERVER_DRAINING);
  }
}
