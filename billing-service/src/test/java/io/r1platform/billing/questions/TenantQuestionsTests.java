package io.r1platform.billing.questions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.billing.errors.ErrorCode;
import io.r1platform.billing.errors.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.SimpleTransactionStatus;

class TenantQuestionsTests {
  private final TenantQuestions questions = new TenantQuestions(new NoDatabase());
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<CompletableFuture<Integer>> running = new ArrayList<>();

  @AfterEach
  void end() {
    over.countDown();
    running.forEach(CompletableFuture::join);
    assertThat(questions.organizations()).as("nobody asks any more").isZero();
    for (int i = 0; i < 4; i++) {
      int answer = i;
      assertThat(questions.answer(1, () -> answer)).as("a place is free").isEqualTo(answer);
    }
  }

  @Test
  void anOrganizationHasHalfOfThePlacesAndTheOthersTheRest() {
    runs(1);
    runs(1);
    assertRefused(1, ErrorCode.TOO_MANY_QUESTIONS_OF_ONE);
    assertThat(questions.answer(2, () -> "answered")).isEqualTo("answered");
    runs(2);
    assertRefused(1, ErrorCode.TOO_MANY_QUESTIONS_OF_ONE);
    assertThat(questions.answer(3, () -> "answered")).isEqualTo("answered");
    assertThat(questions.organizations()).isEqualTo(2);
    runs(3);
    assertRefused(4, ErrorCode.TOO_MANY_QUESTIONS);
    assertThat(questions.organizations()).isEqualTo(3);
  }

  @Test
  void aQuestionThatFailsLeavesItsPlace() {
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(
              () ->
                  questions.answer(
                      1,
                      () -> {
                        throw ServiceException.notFound("It");
                      }))
          .hasMessage("It was not found.");
    }
  }

  /** One that is answered when the test is over. */
  private void runs(long organization) {
    var begun = new CountDownLatch(1);
    running.add(
        CompletableFuture.supplyAsync(
            () ->
                questions.answer(
                    organization,
                    () -> {
                      begun.countDown();
                      await(over);
                      return 1;
                    }),
            Thread::startVirtualThread));
    await(begun);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void assertRefused(long organization, ErrorCode code) {
    assertThatThrownBy(() -> questions.answer(organization, () -> 1))
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static final class NoDatabase implements PlatformTransactionManager {
    @Override
    public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
      return new SimpleTransactionStatus();
    }

    @Override
    public void commit(TransactionStatus status) {}

    @Override
    public void rollback(TransactionStatus status) {}
  }
}
