package io.r1platform.api.holds;

import io.r1platform.api.keys.Caller;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks billing for one caller until nobody waits for its answer any more. */
final class LeaseAsk {
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final int AT_ONCE = 3;

  private final Holds holds;
  private final Account account;
  private final Caller caller;

  LeaseAsk(Holds holds, Account account, Caller caller) {
    this.holds = holds;
    this.account = account;
    this.caller = caller;
  }

  /** Begins with {@code first}, or with what the first who waits needs. */
  void run(LeaseClient.@Nullable Ask first) {
    boolean done = false;
    try {
      LeaseClient.Ask next = first == null ? account.serve(caller) : first;
      for (int round = 1; next != null; round++) {
        if (!answered(next)) {
          return;
        }
        next = account.serve(caller);
        if (round >= AT_ONCE) {
          Thread.sleep(PAUSE);
        }
      }
      done = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!done) {
        account.fail(caller);
      }
    }
  }

  private boolean answered(LeaseClient.Ask ask) throws InterruptedException {
    return switch (holds.askBilling(ask)) {
      case LeaseAnswer.Lent lent -> {
        account.on(caller, lent);
        yield true;
      }
      case LeaseAnswer.Exhausted denied -> {
        account.on(denied);
        yield true;
      }
      case LeaseAnswer.Over over -> false;
      case LeaseAnswer.Away away -> false;
    };
  }
}
