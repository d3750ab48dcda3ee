package io.r1platform.api.limits;

import java.util.Map;

/**
 * What was set for one scope.
 *
 * @param version rises with each change; 0 if nothing was ever set
 * @param terms by model; those of {@link #ALL_MODELS} replace the site's defaults
 */
public record LimitSet(long version, Map<Integer, Terms> terms) {
  /** Stands for all models together; no model has this id. */
  public static final int ALL_MODELS = 0;

  /** Nothing was ever set. */
  public static final LimitSet NONE = new LimitSet(0, Map.of());

  public LimitSet {
    terms = Map.copyOf(terms);
  }
}
