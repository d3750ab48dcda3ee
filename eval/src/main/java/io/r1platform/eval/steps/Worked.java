package io.r1platform.eval.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What working a problem out gives, line by line, as r1-nano was taught to write it.
 *
 * @param steps lines of the reasoning
 * @param check lines of a self-check that may follow them; empty where the problem has none
 * @param answer the text after the reasoning
 */
public record Worked(List<String> steps, List<String> check, String answer) {
  /** Takes copies. */
  public Worked {
    steps = List.copyOf(steps);
    check = List.copyOf(check);
  }

  Worked(List<String> steps, String answer) {
    this(steps, List.of(), answer);
  }

  /**
   * What is wrong with a written output; empty if every step is right. Every equation and
   * comparison is executed by itself, wherever it stands; then each line must be what working the
   * problem out gives at that place, with or without the check, and so must the answer.
   *
   * @param reasoning without the markers around it
   * @param written the answer
   */
  public List<String> faults(String reasoning, String written) {
    List<String> lines = List.of(reasoning.split("\n", -1));
    var faults = new ArrayList<String>();
    lines.forEach(line -> faults.addAll(Equations.faults(line)));
    List<String> wanted =
        lines.size() > steps.size()
            ? Stream.concat(steps.stream(), check.stream()).toList()
            : steps;
    for (int i = 0; i < Math.min(lines.size(), wanted.size()); i++) {
      if (!lines.get(i).equals(wanted.get(i))) {
        faults.add("line %d: '%s' instead of '%s'".formatted(i + 1, lines.get(i), wanted.get(i)));
        break;
      }
    }
    if (lines.size() != wanted.size()) {
      faults.add("%d lines instead of %d".formatted(lines.size(), wanted.size()));
    }
    if (!written.equals(answer)) {
      faults.add("answer '%s' instead of '%s'".formatted(written, answer));
    }
    return faults;
  }
}
