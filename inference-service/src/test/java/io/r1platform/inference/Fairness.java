package io.r1platform.inference;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.inference.generation.Generations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the queue of a running service gives to whom. Steps of the engine are counted by the tokens
 * of a request that runs all the while: each step makes one.
 */
final class Fairness {
  static final Map<String, String> SETTINGS =
      Map.of(
          "r1.inference.generation.max-running", "8",
          "r1.inference.generation.max-waiting", "4000");

  private static final int SLOTS = 8;

  /** Of the requests that have all slots when the newcomer comes. */
  private static final int FIRST_TOKENS = 400;

  private final RunningService service;
  private final Generations generations;
  private final AtomicLong clock = new AtomicLong();
  private int made;

  Fairness(RunningService service) {
    this.service = service;
    this.generations = service.bean(Generations.class);
  }

  /**
   * How a newcomer fares while another tenant has all slots.
   *
   * @param steps from the last token of the request that made room to the newcomer's first token
   * @param overtaking requests of the other tenant that began in between
   */
  record Newcomer(long steps, long overtaking) {}

  /** Sends a newcomer among so many waiting requests of another, each for so many tokens. */
  Newcomer newcomer(int waiting, int maxTokens) {
    Tenant big = tenant(1);
    for (int slot = 0; slot < SLOTS; slot++) {
      big.send(FIRST_TOKENS + slot * SLOTS); // they do not end in the same step
    }
    for (int i = 0; i < waiting; i++) {
      big.send(maxTokens);
    }
    Await.until(
        "all slots are taken",
        () -> big.runs().stream().filter(Tenant.Run::begun).count() >= SLOTS);
    long arrived = clock.get();
    Tenant.Run small = tenant(1).send(1);
    Await.until("the newcomer's first token", small::begun);
    long first = small.tokens().getFirst();
    long freed =
        big.runs().stream()
            .filter(Tenant.Run::finished)
            .mapToLong(run -> run.tokens().getLast())
            .filter(end -> end > arrived && end < first)
            .min()
            .orElseThrow(() -> new IllegalStateException("the newcomer came too late"));
    long steps =
        big.runs().stream()
            .mapToLong(run -> run.tokens().stream().filter(at -> at > freed && at < first).count())
            .max()
            .orElseThrow();
    long overtaking =
        big.runs().stream()
            .filter(Tenant.Run::begun)
            .mapToLong(run -> run.tokens().getFirst())
            .filter(begin -> begin > freed && begin < first)
            .count();
    big.leave();
    return new Newcomer(steps, overtaking);
  }

  /**
   * Shares of tenants that always wait.
   *
   * @param tokens of each
   * @param perStep tokens of all for each step and slot: 1 = no slot was ever empty
   */
  record Shares(List<Long> tokens, double perStep) {
    /** Of the tenant with that index, over what its weight should give. */
    double overFair(int index, List<Integer> weights) {
      double all = tokens.stream().mapToLong(Long::longValue).sum();
      double weightsOfAll = weights.stream().mapToInt(Integer::intValue).sum();
      return tokens.get(index) / all / (weights.get(index) / weightsOfAll);
    }

    /** The largest distance from a fair share, as a part of that. */
    double worstError(List<Integer> weights) {
      double worst = 0;
      for (int i = 0; i < weights.size(); i++) {
        worst = Math.max(worst, Math.abs(overFair(i, weights) - 1));
      }
      return worst;
    }
  }

  /** Lets tenants of these weights have so many tokens together; nobody's backlog runs out. */
  Shares shares(List<Integer> weights, int maxTokens, long tokensInAll) {
    List<Tenant> tenants = new ArrayList<>();
    for (int weight : weights) {
      tenants.add(tenant(weight));
    }
    int heaviest = weights.stream().max(Comparator.naturalOrder()).orElseThrow();
    int weightsOfAll = weights.stream().mapToInt(Integer::intValue).sum();
    long each = 2 * SLOTS + 2 * tokensInAll * heaviest / weightsOfAll / maxTokens;
    for (int i = 0; i < each; i++) {
      int length = maxTokens * 3 / 4 + i % 5 * maxTokens / 8; // mean: maxTokens
      tenants.forEach(tenant -> tenant.send(length));
    }
    long before = clock.get();
    double stepsBefore = steps();
    Await.until("the tokens", () -> clock.get() - before >= tokensInAll);
    double steps = steps() - stepsBefore;
    double perStep = (clock.get() - before) / steps / SLOTS;
    List<Long> tokens = tenants.stream().map(Tenant::tokens).toList();
    tenants.forEach(Tenant::leave);
    return new Shares(tokens, perStep);
  }

  private Tenant tenant(int weight) {
    return new Tenant(generations, "tenant-" + made++, weight, clock);
  }

  private double steps() {
    return service.bean(MeterRegistry.class).get("r1.engine.step").functionTimer().count();
  }
}
