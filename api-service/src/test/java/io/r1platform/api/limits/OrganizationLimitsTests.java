package io.r1platform.api.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

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
    assertThat(known()).isTrue();
    limits.forgetUnused(5 * MINUTE);
    assertThat(known()).isFalse();
  }

  /** Else it lay here, where nobody uses it, as long as a trickle goes on. */
  @Test
  void whatIsMoreThanASecondsUseGoesBackAfterASecond() {
    limits.await(new Waiter(PROMPT_OF_TEN, NEVER, new CompletableFuture<>()));
    Bucket.Ask first = limits.asks(0, IDLE).getFirst();
    limits.answered(first, new Bucket.Answer(500, 0, first.most(), 0, false), 0);
    limits.decided(0);
    assertThat(limits.asks(IDLE.toNanos() / 2, IDLE)).isEmpty();
    limits.attempt(PROMPT_OF_TEN, IDLE.toNanos());
    assertThat(limits.asks(IDLE.toNanos() + 1, IDLE))
        .extracting(Bucket.Ask::give)
        .containsExactly(500L - 10 - 10 - 2 * 10);
  }

  /** Else its headers would tell for minutes what others have long taken. */
  @Test
  void whatIsUsedIsAskedAboutEverySecond() {
    limits.await(new Waiter(PROMPT_OF_TEN, NEVER, new CompletableFuture<>()));
    Bucket.Ask first = limits.asks(0, IDLE).getFirst();
    limits.answered(first, new Bucket.Answer(50, 0, first.most(), 0, false), 0);
    limits.decided(0);
    limits.attempt(PROMPT_OF_TEN, IDLE.toNanos());
    assertThat(limits.asks(IDLE.toNanos() + 1, IDLE))
        .extracting(Bucket.Ask::give, Bucket.Ask::need, Bucket.Ask::wish)
        .containsExactly(tuple(0L, 0L, 0L));
  }

  /** Else whoever sends more to one key than it may would take the rate of all others. */
  @Test
  void whoWaitsForAPlaceThatAnotherReplicaHasTakesNoRate() {
    var rate = new Limit(new Limit.On(LimitScope.ORGANIZATION, 1, 0, Kind.REQUESTS), 60, 1);
    var place = new Limit(new Limit.On(LimitScope.KEY, 3, 0, Kind.CONCURRENCY), 1, 1);
    limits.await(new Waiter(new Wanted(List.of(rate, place), 0), NEVER, new CompletableFuture<>()));
    List<Bucket.Ask> asks = limits.asks(0, IDLE);
    assertThat(asks).hasSize(2); // it knows of no other yet
    for (Bucket.Ask ask : asks) {
      boolean counts = ask.bucket().on.kind() == Kind.CONCURRENCY;
      limits.answered(ask, new Bucket.Answer(0, 0, ask.most(), counts ? 1 : 0, true), 0);
    }
    assertThat(limits.asks(1, IDLE))
        .extracting(ask -> ask.bucket().on.kind())
        .containsExactly(Kind.CONCURRENCY);
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

  private boolean known() {
    return limits.look(PROMPT_OF_TEN.limits(), bucket -> ((Rate) bucket).isKnown()).getFirst();
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
