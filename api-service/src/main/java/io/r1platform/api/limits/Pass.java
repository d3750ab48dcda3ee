package io.r1platform.api.limits;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one request has of the limits that bind it. It ends once. Its first token and its end take
 * the lock of its organization, all else is cheap.
 */
public final class Pass {
  /** Of a request that no limit binds. */
  public static final Pass FREE = new Pass(null, List.of(), 0);

  private final @Nullable OrganizationLimits owner;
  private final List<Rate> requests = new ArrayList<>();
  private final List<Rate> tokens = new ArrayList<>();
  private final List<Places> atOnce = new ArrayList<>();
  private final List<Places> queued = new ArrayList<>();
  private Runnable onFreed = () -> {};
  private long counted;
  private long output;
  private boolean hasStarted;
  private boolean hasEnded;

  Pass(@Nullable OrganizationLimits owner, List<Bucket> taken, long promptTokens) {
    this.owner = owner;
    this.counted = promptTokens;
    for (Bucket bucket : taken) {
      switch (bucket) {
        case Rate rate -> (rate.on.kind() == Kind.TOKENS ? tokens : requests).add(rate);
        case Places places -> (places.on.kind() == Kind.QUEUE ? queued : atOnce).add(places);
      }
    }
    tokens.forEach(Rate::opened);
  }

  /** Whom to tell when places that others wait for are free. */
  Pass telling(Runnable freed) {
    this.onFreed = freed;
    return this;
  }

  /** So many output tokens have come in all; once the engine has begun, it waits no more. */
  public synchronized void seen(boolean begun, int all) {
    if (begun) {
      started();
    }
    if (all > output) {
      owe(all - output);
      output = all;
    }
  }

  private void started() {
    if (!hasStarted) {
      hasStarted = true;
      free(queued);
    }
  }

  /** What it really took, prompt and output, whoever pays for it. */
  public synchronized void settle(int promptTokens, int outputTokens) {
    if (!hasEnded) {
      owe((long) promptTokens + outputTokens - counted);
    }
  }

  /** It is over. Later calls do nothing. */
  public synchronized void end() {
    if (!hasEnded) {
      started();
      hasEnded = true;
      tokens.forEach(Rate::closed);
      free(atOnce);
    }
  }

  /** It never ran, and nobody heard of it. */
  void cancel() {
    settle(0, 0);
    if (owner != null) {
      owner.giveBack(requests, 1);
    }
    end();
  }

  private void owe(long more) {
    counted += more;
    tokens.forEach(rate -> rate.owe(more));
  }

  private void free(List<Places> places) {
    if (owner != null && !places.isEmpty() && owner.free(places)) {
      onFreed.run();
    }
  }
}
