package io.r1platform.eval.runs;

import io.r1platform.eval.problems.ProblemSet;
import java.math.BigDecimal;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Asks what a plan wants and a journal lacks. */
public final class Run {
  private final Plan plan;
  private final @Nullable BigDecimal maxCost;
  private final Tenant tenant;

  /** Told how far it is; from many threads. */
  public interface Progress {
    /** So many answers of all are there, and so much was charged. */
    void at(int answers, int all, BigDecimal spent);
  }

  /**
   * A run at an API.
   *
   * @param v1 the base URL with its path
   * @param maxCost what all of it may cost, or null
   */
  public Run(String v1, String key, Plan plan, @Nullable BigDecimal maxCost, Clock clock) {
    this.plan = plan;
    this.maxCost = maxCost;
    Quote quote = plan.quote();
    BigDecimal bound = quote == null || quote.largest().signum() == 0 ? null : quote.largest();
    this.tenant = new Tenant(v1, key, plan, bound, clock);
  }

  /**
   * Asks, and returns when everything is there.
   *
   * @return false if {@code maxCost} ended it before
   */
  public boolean ask(ProblemSet set, Journal journal, int atOnce, Progress progress) {
    int samples = plan.settings().samples();
    int all = set.problems().size() * samples;
    Quote quote = plan.quote();
    var budget =
        new Budget(
            maxCost, quote == null ? BigDecimal.ZERO : quote.largest(), journal.contents().cost());
    var runner =
        new Runner(tenant, journal, budget, (done, spent) -> progress.at(done, all, spent));
    return runner.run(set.problems(), samples, atOnce);
  }
}
