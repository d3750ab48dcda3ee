package io.r1platform.eval.problems;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All problems of a run.
 *
 * @param problems in the order in which they are asked; ids are unique
 * @param items what pairs compare, or null
 * @param sha256 of the file they came from
 */
public record ProblemSet(List<Problem> problems, @Nullable Items items, String sha256) {
  /** Takes copies. */
  public ProblemSet {
    problems = List.copyOf(problems);
  }

  /** The problems by id. */
  public Map<String, Problem> byId() {
    return problems.stream().collect(Collectors.toMap(Problem::id, Function.identity()));
  }
}
