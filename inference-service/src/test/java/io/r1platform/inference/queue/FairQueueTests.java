package io.r1platform.inference.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties over random callers and costs; each run has its own seed. */
final class FairQueueTests {
  private static final QueueLimits WIDE = new QueueLimits(100_000, Long.MAX_VALUE / 2);

  private static Share of(String organization) {
    return new Share(organization, "p", 1, ServiceClass.INTERACTIVE);
  }

  private static List<Share> randomCallers(Random random) {
    return IntStream.range(0, 2 + random.nextInt(5))
        .mapToObj(i -> new Share("o" + i, "p", 1 + random.nextInt(8), ServiceClass.INTERACTIVE))
        .toList();
  }

  private static void enter(FairQueue<String> queue, Share share, long cost, String item) {
    assertThat(queue.add(share, cost, item)).isPresent();
  }

  private static String take(FairQueue<String> queue) {
    return Objects.requireNonNull(queue.take(_ -> true)).item();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void backloggedOrganizationsShareTokensByWeightWithinFivePercent(long seed) {
    var random = new Random(seed);
    List<Share> callers = randomCallers(random);
    int longest = 50 + random.nextInt(2_000);
    var backlog =
        new Backlog(
            1 + random.nextInt(16),
            4,
            callers,
            caller ->
                new Backlog.Job(caller, 1 + random.nextInt(500), 1 + random.nextInt(longest)));
    while (backlog.usedByAll() < 2_000L * longest) {
      backlog.step();
    }

    double weights = callers.stream().mapToInt(Share::weight).sum();
    for (Share caller : callers) {
      double fair = backlog.usedByAll() * caller.weight() / weights;
      assertThat(backlog.used(caller) / fair).isCloseTo(1, within(0.05));
    }
  }

  /** The bound of deficit round robin, which is also why nobody starves. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noHugeRequestPutsAnyoneAheadByMoreThanItselfAndATurn(long seed) {
    var random = new Random(seed);
    List<Share> callers = randomCallers(random);
    List<Integer> largestOf =
        callers.stream().map(_ -> random.nextBoolean() ? 20_000 : 30).toList();
    ToIntFunction<Share> largest = caller -> largestOf.get(callers.indexOf(caller));
    var backlog =
        new Backlog(
            1,
            2,
            callers,
            caller -> {
              int cost = 1 + random.nextInt(largest.applyAsInt(caller));
              return new Backlog.Job(caller, cost, cost);
            });
    for (int i = 0; i < 4_000; i++) {
      backlog.step();
      for (Share one : callers) {
        for (Share other : callers) {
          double ahead =
              (double) backlog.used(one) / one.weight()
                  - (double) backlog.used(other) / other.weight();
          assertThat(ahead)
              .isLessThanOrEqualTo(
                  2.0 * Member.TURN_TOKENS
                      + (double) largest.applyAsInt(one) / one.weight()
                      + (double) largest.applyAsInt(other) / other.weight());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whateverComesLeavesOnceAndInOrderWithinItsProject(long seed) {
    var random = new Random(seed);
    var queue = new FairQueue<Integer>(WIDE);
    var places = new HashMap<Integer, Place<Integer>>();
    var running = new ArrayList<Place<Integer>>();
    var shares = new HashMap<Integer, Share>();
    Map<String, Integer> lastOf = new HashMap<>();
    int left = 0;
    int next = 0;
    while (left < 3_000) {
      if (next < 3_000 && random.nextInt(5) < 3) {
        var share =
            new Share(
                "o" + random.nextInt(20),
                "p" + random.nextInt(3),
                1 + random.nextInt(4),
                random.nextInt(4) == 0 ? ServiceClass.BATCH : ServiceClass.INTERACTIVE);
        shares.put(next, share);
        places.put(next, queue.add(share, 1 + random.nextInt(3_000), next).orElseThrow());
        next++;
      } else if (random.nextInt(10) == 0 && !places.isEmpty()) {
        Integer some = places.keySet().iterator().next();
        Place<Integer> place = Objects.requireNonNull(places.remove(some));
        assertThat(queue.remove(place)).isTrue();
        assertThat(queue.remove(place)).isFalse();
        left++;
      } else {
        Place<Integer> taken = queue.take(_ -> true);
        if (taken != null) {
          assertThat(places.remove(taken.item())).isSameAs(taken);
          assertThat(queue.remove(taken)).isFalse();
          Share share = Objects.requireNonNull(shares.get(taken.item()));
          String project = share.organization() + share.project() + share.serviceClass();
          Integer before = lastOf.put(project, taken.item());
          assertThat(before == null || before < taken.item()).isTrue();
          running.add(taken);
          left++;
        }
        if (running.size() > 8) {
          queue.settle(running.remove(random.nextInt(8)), random.nextInt(5_000));
        }
      }
      assertThat(queue.requests()).isEqualTo(places.size());
      assertThat(queue.tokens()).isEqualTo(places.values().stream().mapToLong(Place::cost).sum());
    }
    running.forEach(place -> queue.settle(place, 1));
    assertThat(queue.organizations()).isZero();
  }

  @Test
  void aNewcomerIsNextHoweverManyOfAnotherWait() {
    var queue = new FairQueue<String>(WIDE);
    for (int i = 0; i < 1_000; i++) {
      enter(queue, of("big"), 60, "big");
    }
    assertThat(take(queue)).isEqualTo("big"); // and its turn is not used up
    enter(queue, of("new"), 60, "new");
    assertThat(take(queue)).isEqualTo("new");
  }

  @Test
  void aStreamOfNewcomersDoesNotStarveWhoWaits() {
    var queue = new FairQueue<String>(WIDE);
    enter(queue, of("old"), 1_000, "first");
    enter(queue, of("old"), 1_000, "second");
    assertThat(take(queue)).isEqualTo("first");
    int newcomers = 0;
    do {
      enter(queue, of("new" + newcomers), 1_000, "new");
      newcomers++;
    } while (take(queue).equals("new"));
    assertThat(newcomers).isBetween(2, Ring.FRESH_MAX + 1);
  }

  /** Else a caller that is back at once would always come first. */
  @Test
  void whoLeavesAndComesBackStillOwesWhatItUsed() {
    var queue = new FairQueue<String>(WIDE);
    long huge = 0;
    long small = 0;
    for (int i = 0; i < 1_000; i++) {
      enter(queue, of("small"), 10, "small");
    }
    Place<String> back = null;
    for (int i = 0; i < 500; i++) {
      if (back == null) {
        back = queue.add(of("huge"), 1_000, "huge").orElseThrow();
      }
      Place<String> taken = Objects.requireNonNull(queue.take(_ -> true));
      queue.settle(taken, taken.cost());
      if (taken.item().equals("huge")) {
        back = null;
        huge += 1_000;
      } else {
        small += 10;
      }
    }
    assertThat(huge).isLessThanOrEqualTo(small + 1_000 + 2 * Member.TURN_TOKENS);
  }

  @Test
  void projectsOfOneOrganizationShareItsTokensEqually() {
    Share one = new Share("o", "one", 1, ServiceClass.INTERACTIVE);
    Share other = new Share("o", "other", 1, ServiceClass.INTERACTIVE);
    Share alone = of("alone");
    var backlog =
        new Backlog(
            4,
            3,
            List.of(one, other, alone),
            caller -> new Backlog.Job(caller, 100, caller.equals(one) ? 900 : 100));
    while (backlog.usedByAll() < 1_000_000) {
      backlog.step();
    }
    assertThat(backlog.used(one) / 250_000.0).isCloseTo(1, within(0.05));
    assertThat(backlog.used(other) / 250_000.0).isCloseTo(1, within(0.05));
    assertThat(backlog.used(alone) / 500_000.0).isCloseTo(1, within(0.05));
  }

  @Test
  void batchGetsATwentiethWhileInteractiveWaits() {
    Share batch = new Share("o", "p", 1, ServiceClass.BATCH);
    var backlog =
        new Backlog(8, 3, List.of(batch, of("o")), caller -> new Backlog.Job(caller, 200, 700));
    while (backlog.usedByAll() < 2_000_000) {
      backlog.step();
    }
    assertThat(backlog.used(batch) / 2_000_000.0).isBetween(0.05, 0.055);
  }

  @Test
  void batchSavesNothingUpWhileItDoesNotWait() {
    var queue = new FairQueue<String>(WIDE);
    for (int i = 0; i < 100; i++) {
      enter(queue, of("o"), 100, "interactive");
    }
    for (int i = 0; i < 50; i++) {
      take(queue);
    }
    for (int i = 0; i < 10; i++) {
      enter(queue, new Share("o", "p", 1, ServiceClass.BATCH), 100, "batch");
    }
    var taken = IntStream.range(0, 20).mapToObj(_ -> take(queue)).toList();
    assertThat(taken).filteredOn("batch"::equals).hasSize(1);
  }

  @Test
  void itIsFullInRequestsAndInTokens() {
    var queue = new FairQueue<String>(new QueueLimits(3, 1_000));
    Place<String> first = queue.add(of("a"), 400, "1").orElseThrow();
    enter(queue, of("b"), 400, "2");
    assertThat(queue.add(of("c"), 201, "tokens")).isEmpty();
    assertThat(queue.tokensOver(201)).isEqualTo(1);
    enter(queue, of("c"), 200, "3");
    queue.remove(first);
    enter(queue, of("d"), 1, "4");
    assertThat(queue.add(of("e"), 1, "requests")).isEmpty();
  }

  @Test
  void aRequestOverTheLimitOfTokensMayWaitAlone() {
    var queue = new FairQueue<String>(new QueueLimits(3, 1_000));
    enter(queue, of("a"), 5_000, "large");
    assertThat(queue.add(of("b"), 1, "small")).isEmpty();
  }

  @Test
  void whoIsNextAndDoesNotFitIsNotOvertakenByWhoWaitedWithIt() {
    var queue = new FairQueue<String>(WIDE);
    enter(queue, of("a"), 100, "large");
    enter(queue, of("b"), 100, "small");
    assertThat(queue.take(item -> item.equals("small"))).isNull();
    assertThat(take(queue)).isEqualTo("large");
  }

  @Test
  void idleOrganizationsAreForgotten() {
    var queue = new FairQueue<String>(WIDE);
    for (int i = 0; i < 50_000; i++) {
      enter(queue, of("o" + i), 1 + i % 10_000, "x");
      Place<String> place = Objects.requireNonNull(queue.take(_ -> true));
      queue.add(of("waits"), 1, "x");
      queue.settle(place, place.cost());
      assertThat(queue.organizations()).isLessThanOrEqualTo(Ring.MEMBERS_MAX + 1);
      if (i % 1_000 == 0) {
        while (queue.requests() > 0) {
          queue.settle(Objects.requireNonNull(queue.take(_ -> true)), 1);
        }
        assertThat(queue.organizations()).isZero();
      }
    }
  }
}
