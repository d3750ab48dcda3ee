package io.r1platform.api.limits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one limit stands.
 *
 * @param kind what it counts
 * @param scope whose
 * @param modelId of one model, or {@link LimitSet#ALL_MODELS}
 * @param used taken of it, by gateways for requests that will come too; above the limit in debt
 * @param remaining what is free, 0 at least
 * @param resetsAfter until it is whole again; null where that depends on requests that run
 * @param binding whether the least of its kind remains
 */
public record LimitStanding(
    Kind kind,
    LimitScope scope,
    long scopeId,
    int modelId,
    long limit,
    long used,
    long remaining,
    @Nullable Duration resetsAfter,
    boolean binding) {

  static List<LimitStanding> all(List<Limit> limits, Map<Limit.On, SharedLimits.Standing> known) {
    List<LimitStanding> all =
        limits.stream().map(limit -> of(limit, known.get(limit.on()))).toList();
    List<LimitStanding> marked = new ArrayList<>(all.size());
    for (LimitStanding one : all) {
      LimitStanding least =
          all.stream()
              .filter(other -> other.kind == one.kind)
              .min(
                  Comparator.comparing(LimitStanding::remaining)
                      .thenComparing(LimitStanding::limit))
              .orElse(one);
      marked.add(one.equals(least) ? one.asBinding() : one);
    }
    return marked;
  }

  private static LimitStanding of(Limit limit, SharedLimits.@Nullable Standing standing) {
    long most = limit.most();
    boolean rate = limit.on().kind().isRate();
    long used = 0;
    Duration resets = rate ? Duration.ZERO : null;
    if (standing != null && rate) {
      long missing = most * Rate.UNIT - Math.min(most * Rate.UNIT, standing.level(limit));
      used = Math.ceilDiv(missing, Rate.UNIT);
      resets = Duration.ofNanos(missing / most * 1_000);
    } else if (standing != null) {
      used = standing.leased();
    }
    return new LimitStanding(
        limit.on().kind(),
        limit.on().scope(),
        limit.on().scopeId(),
        limit.on().modelId(),
        most,
        used,
        Math.max(0, most - used),
        resets,
        false);
  }

  private LimitStanding asBinding() {
    return new LimitStanding(
        kind, scope, scopeId, modelId, limit, used, remaining, resetsAfter, true);
  }
}
