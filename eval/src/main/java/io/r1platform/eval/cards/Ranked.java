package io.r1platform.eval.cards;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.r1platform.eval.problems.Items;
import io.r1platform.eval.problems.Judgement;
import io.r1platform.eval.problems.Kind;
import io.r1platform.eval.problems.Problem.Pair;
import io.r1platform.eval.statistics.Bootstrap;
import io.r1platform.eval.statistics.BradleyTerry;
import io.r1platform.eval.statistics.BradleyTerry.Comparison;
import io.r1platform.eval.statistics.Interval;
import io.r1platform.eval.statistics.KendallTau;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A ranking made of pairwise comparisons.
 *
 * @param pairs comparisons that were asked, samples counted singly
 * @param unread those whose answer names neither or both items; they count for nobody
 * @param ties those whose answer says so; half a win each
 * @param firstWins how often the item that was shown first won: 0.5 without a bias of position
 * @param tau Kendall's tau-b against the human order; null without one
 * @param tauLow and tauHigh: 95 % bootstrap over the comparisons; null where there are more than
 *     200 items, of which it would take too long
 * @param converged whether the fit came to rest
 * @param regularised whether an imaginary opponent was needed (see {@link BradleyTerry})
 * @param items the strongest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Ranked(
    int pairs,
    int unread,
    int ties,
    Interval firstWins,
    @Nullable Double tau,
    @Nullable Double tauLow,
    @Nullable Double tauHigh,
    int iterations,
    boolean converged,
    boolean regularised,
    List<Item> items) {
  private static final int DRAWS = 400;
  private static final int ITEMS_DRAWN_MAX = 200;

  /**
   * One item.
   *
   * @param strength the logarithm of its strength; 0 is the average
   * @param comparisons in how many it was read
   * @param humanRank 0 is the best; null where the order does not name it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Item(
      String id, double strength, double wins, int comparisons, @Nullable Integer humanRank) {}

  /** Takes copies. */
  public Ranked {
    items = List.copyOf(items);
  }

  static @Nullable Ranked of(@Nullable Items items, List<Judged> all, long seed) {
    List<Judged> pairs = all.stream().filter(each -> each.problem().kind() == Kind.PAIR).toList();
    if (items == null || pairs.isEmpty()) {
      return null;
    }
    var comparisons = new ArrayList<Comparison>();
    int asked = 0;
    for (Judged each : pairs) {
      Pair pair = each.problem().pair();
      for (Judgement judgement : each.judgements()) {
        asked++;
        if (judgement.right() && pair != null) {
          comparisons.add(new Comparison(pair.first(), pair.second(), judgement.share()));
        }
      }
    }
    int count = items.ids().size();
    BradleyTerry fit = BradleyTerry.fit(count, comparisons);
    int ties = (int) comparisons.stream().filter(each -> each.share() == 0.5).count();
    double first = comparisons.stream().mapToDouble(Comparison::share).sum();
    Interval tau = tau(items, comparisons, seed);
    boolean drawn = count <= ITEMS_DRAWN_MAX;
    return new Ranked(
        asked,
        asked - comparisons.size(),
        ties,
        Interval.wilson(first, comparisons.size()),
        tau == null ? null : tau.value(),
        tau == null || !drawn ? null : tau.low(),
        tau == null || !drawn ? null : tau.high(),
        fit.iterations(),
        fit.converged(),
        fit.regularised(),
        itemsOf(items, fit, comparisons));
  }

  private static @Nullable Interval tau(Items items, List<Comparison> comparisons, long seed) {
    Map<String, Integer> human = items.humanRanks();
    if (human == null || human.size() < 2 || comparisons.isEmpty()) {
      return null;
    }
    int draws = items.ids().size() <= ITEMS_DRAWN_MAX ? DRAWS : 1;
    return Bootstrap.of(comparisons, drawn -> tau(items, human, drawn), draws, seed);
  }

  private static double tau(Items items, Map<String, Integer> human, List<Comparison> comparisons) {
    double[] strengths = BradleyTerry.fit(items.ids().size(), comparisons).strengths();
    List<String> both = items.ids().stream().filter(human::containsKey).toList();
    double[] ours = new double[both.size()];
    double[] theirs = new double[both.size()];
    for (int i = 0; i < both.size(); i++) {
      ours[i] = rounded(strengths[items.ids().indexOf(both.get(i))]);
      theirs[i] = -human.getOrDefault(both.get(i), 0);
    }
    return KendallTau.tauB(ours, theirs);
  }

  /** Equal strengths differ in their last digits. */
  private static double rounded(double strength) {
    return Math.rint(Math.log(strength) * 1e6);
  }

  private static List<Item> itemsOf(Items items, BradleyTerry fit, List<Comparison> comparisons) {
    double[] wins = new double[items.ids().size()];
    int[] met = new int[items.ids().size()];
    for (Comparison each : comparisons) {
      wins[each.first()] += each.share();
      wins[each.second()] += 1 - each.share();
      met[each.first()]++;
      met[each.second()]++;
    }
    Map<String, Integer> human = items.humanRanks();
    var ranked = new ArrayList<Item>();
    for (int i = 0; i < met.length; i++) {
      String id = items.ids().get(i);
      ranked.add(
          new Item(
              id.length() > 120 ? id.substring(0, 120) : id,
              Math.log(fit.strengths()[i]),
              wins[i],
              met[i],
              human == null ? null : human.get(id)));
    }
    ranked.sort(Comparator.comparingDouble(Item::strength).reversed());
    return ranked;
  }
}
