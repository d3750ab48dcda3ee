package io.r1platform.eval.runs;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * How much a run may still spend. Before each request its worst case is set aside, so that what is
 * charged never exceeds the limit. For many threads.
 */
final class Budget {
  private final @Nullable BigDecimal limit;
  private final BigDecimal worst;
  private BigDecimal spent;
  private int running;

  /**
   * A budget of which {@code spent} is gone.
   *
   * @param limit null = none
   * @param worst what one request costs at most
   */
  Budget(@Nullable BigDecimal limit, BigDecimal worst, BigDecimal spent) {
    this.limit = limit;
    this.worst = worst;
    this.spent = spent;
  }

  /** Sets one request's worst case aside; waits for others to end; false if it can never fit. */
  synchronized boolean take() throws InterruptedException {
    while (limit != null && !fits(limit)) {
      if (running == 0) {
        return false;
      }
      wait();
    }
    running++;
    return true;
  }

  private boolean fits(BigDecimal most) {
    BigDecimal reserved = worst.multiply(BigDecimal.valueOf(running + 1L));
    return spent.add(reserved).compareTo(most) <= 0;
  }

  /** A request has ended and cost so much. */
  synchronized void settle(BigDecimal cost) {
    running--;
    spent = spent.add(cost);
    notifyAll();
  }

  synchronized BigDecimal spent() {
    return spent;
  }
}
