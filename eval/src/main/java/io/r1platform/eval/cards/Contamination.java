package io.r1platform.eval.cards;

import io.r1platform.eval.statistics.Bootstrap;
import io.r1platform.eval.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The set's problems against siblings of the same template with other numbers.
 *
 * @param templates problems that have siblings
 * @param siblings all of these
 * @param own accuracy on the problems as they stand in the set
 * @param others accuracy on their siblings
 * @param difference own less others, templates drawn by the cluster bootstrap
 */
public record Contamination(
    int templates, int siblings, Interval own, Interval others, Interval difference) {
  /** What the report can tell, and what not. */
  public static final String MEANING =
      """
      A model that has seen a public problem may know its answer by heart; with other numbers in \
      the same template it must reckon. If it is clearly better on the public problems than on \
      their siblings, that speaks for contamination, or for numbers that are easier. If it is not, \
      that says only that these templates show no effect of this size: a model that was trained on \
      the template, or on a translation or the idea of a solution, looks the same on both sides. \
      Problems without a template are not tested at all.""";

  /** One template. */
  private record Template(double own, double others) {}

  static @Nullable Contamination of(List<Judged> all, long seed) {
    Map<String, List<Judged>> siblings =
        all.stream()
            .filter(each -> each.sibling() != null)
            .collect(Collectors.groupingBy(each -> Objects.requireNonNullElse(each.sibling(), "")));
    var templates = new ArrayList<Template>();
    for (Judged each : all) {
      List<Judged> others = siblings.get(each.problem().id());
      if (others != null) {
        templates.add(
            new Template(
                each.mean(), others.stream().mapToDouble(Judged::mean).average().orElse(0)));
      }
    }
    if (templates.isEmpty()) {
      return null;
    }
    return new Contamination(
        templates.size(),
        siblings.values().stream().mapToInt(List::size).sum(),
        Bootstrap.mean(templates.stream().mapToDouble(Template::own).toArray(), seed),
        Bootstrap.mean(templates.stream().mapToDouble(Template::others).toArray(), seed),
        Bootstrap.of(
            templates,
            drawn -> drawn.stream().mapToDouble(each -> each.own - each.others).average().orElse(0),
            Bootstrap.DRAWS,
            seed));
  }
}
