package io.r1platform.eval.problems;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is ranked.
 *
 * @param ids in the order of the file
 * @param texts likewise
 * @param humanRanks rank of each id, 0 the best, equal ranks are ties; null if no order was given
 */
public record Items(
    List<String> ids, List<String> texts, @Nullable Map<String, Integer> humanRanks) {
  /** Takes copies. */
  public Items {
    ids = List.copyOf(ids);
    texts = List.copyOf(texts);
    humanRanks = humanRanks == null ? null : Map.copyOf(humanRanks);
  }
}
