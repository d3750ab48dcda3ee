package io.r1platform.api.relay;

import io.r1platform.api.metering.Admission;
import io.r1platform.api.upstreams.Route;
import io.r1platform.api.upstreams.Routes;
import io.r1platform.api.upstreams.Upstream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one request: each is asked once at most, until one begins to answer. All of them
 * together have the time that the client gave. Guarded by the run's lock.
 */
final class Fallback {
  private final Routes routes;
  private final EngineClient.Call call;
  private final Admission admission;
  private final Clock clock;
  private final List<Upstream> tried = new ArrayList<>();

  Fallback(Routes routes, EngineClient.Call call, Admission admission, Clock clock) {
    this.routes = routes;
    this.call = call;
    this.admission = admission;
    this.clock = clock;
  }

  /** The next server, which counts as asked; null if there is none. */
  @Nullable Route next() {
    Route next = routes.choose(call.model(), call.conversation(), tried).orElse(null);
    if (next != null) {
      tried.add(next.upstream());
    }
    return next;
  }

  /** The same after a failure: where our only server was not reached, it is asked once more. */
  @Nullable Route after(Attempt failed) {
    Route other = next();
    boolean again = failed.number() == 1 && failed.neverReached() && !failed.isForeign();
    return other == null && again ? routes.again(failed.route()) : other;
  }

  /** Whether somebody else could still be asked. */
  boolean hasOther() {
    return routes.hasOther(call.model(), tried);
  }

  /** What is left of the client's x-r1-timeout, 0 or less if nothing is; null if it has none. */
  @Nullable Duration left() {
    Duration timeout = call.timeout();
    return timeout == null
        ? null
        : timeout.minus(Duration.between(admission.admittedAt(), clock.instant()));
  }

  /** Whether the client's time is over. */
  boolean isLate() {
    Duration left = left();
    return left != null && left.toMillis() <= 0;
  }
}
