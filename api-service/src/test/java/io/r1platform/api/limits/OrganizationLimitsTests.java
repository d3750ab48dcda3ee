package io.r1platform.api.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.limits.OrganizationLimits.Attempt;
import io.r1platform.api.limits.OrganizationLimits.Decided;
import io.r1platform.api.limits.OrganizationLimits.Taken;
import io.r1platform.api.limits.OrganizationLimits.Waiter;
import io.r1platform.api.limits.OrganizationLimits.Wanted;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class OrganizationLimitsTests {
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final long NEVER = Long.MAX_VALUE / 2;
  private static final Wanted PROMPT_OF_TEN =
      new Wanted(
          List.of(new Limit(new Limit.On(LimitScope.ORGANIZATION, 1, 0, Kind.TOKENS), 1_000, 1)),
          10);

  private final OrganizationLimits limits =
      new OrganizationLimits(
          new Binder(new MapConfigurationPropertySource(Map.of()))
              .bindOrCreate("r1.api.limits", LimitSettings.class));

  @Test
  void anAnswerThatTakesLongIsOwedToTheBucketItsPromptWasTakenFrom() {
    Pass pass = taken();
    grantAll(3 * MINUTE); // what was unused goes back
    limits.forgetUnused(5 * MINUTE);
    pass.settle(10, 500);
    pass.end();
    assertThat(limits.asks(6 * MINUTE, IDLE)).extracting(Bucket.Ask::give).containsExactly(-500L);
  }

  @Test
  void aBucketThatNobodyUsesIsForgotten() {
    taken().end();
    grantAll(3 * MINUTE);
    limits.forgetUnused(5 * MINUTE);
    assertThat(limits.asks(6 * MINUTE, IDLE)).isEmpty();
  }

  @Test
  void whoWaitsNoMoreIsForgottenAndTakesNothing() {
    var future = new CompletableFuture<Attempt>();
    limits.await(new Waiter(PROMPT_OF_TEN, NEVER, future));
    future.cancel(false);
    assertThat(limits.asks(0, IDLE)).isEmpty();
    assertThat(limits.hasWaiters()).isFalse();
    assertThat(limits.decided(0)).isEmpty();
  }

  private Pass taken() {
    limits.await(new Waiter(PROMPT_OF_TEN, NEVER, new CompletableFuture<>()));
    grantAll(0);
    List<Decided> decided = limits.decided(0);
    assertThat(decided).hasSize(1);
    return ((Taken) decided.getFirst().attempt()).pass();
  }

  private void grantAll(long now) {
    for (Bucket.Ask ask : limits.asks(now, IDLE)) {
      var answer = new Bucket.Answer(ask.need() + ask.wish(), 0, ask.most(), 0, false);
      limits.answered(ask, answer, now);
    }
  }
}
