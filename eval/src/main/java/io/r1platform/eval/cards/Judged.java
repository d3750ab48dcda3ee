package io.r1platform.eval.cards;

import io.r1platform.eval.problems.Judge;
import io.r1platform.eval.problems.Judgement;
import io.r1platform.eval.problems.Problem;
import io.r1platform.eval.runs.Sample;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A problem with its answers and what they are worth.
 *
 * @param problem what was asked
 * @param samples by number
 * @param judgements one for each sample
 * @param votes the different answers, the most frequent first; of equals the one that came first
 */
record Judged(Problem problem, List<Sample> samples, List<Judgement> judgements, List<Vote> votes) {

  /**
   * One answer.
   *
   * @param right whether it counts as right
   */
  public record Vote(String answer, int count, boolean right) {}

  static Judged of(Problem problem, List<Sample> samples, Judge judge) {
    var judgements = new ArrayList<Judgement>();
    var votes = new ArrayList<Vote>();
    for (Sample sample : samples) {
      Judgement judgement = judge.judge(problem, sample.answer());
      judgements.add(judgement);
      if (!judgement.vote().isEmpty()) {
        count(problem, judge, votes, judgement);
      }
    }
    votes.sort((one, other) -> Integer.compare(other.count, one.count)); // stable
    return new Judged(problem, List.copyOf(samples), List.copyOf(judgements), List.copyOf(votes));
  }

  private static void count(Problem problem, Judge judge, List<Vote> votes, Judgement judgement) {
    for (int i = 0; i < votes.size(); i++) {
      Vote vote = votes.get(i);
      if (vote.right == judgement.right()
          && (vote.right || judge.sameVote(problem, vote.answer, judgement.vote()))) {
        votes.set(i, new Vote(vote.answer, vote.count + 1, vote.right));
        return;
      }
    }
    votes.add(new Vote(judgement.vote(), 1, judgement.right()));
  }

  int right() {
    return (int) judgements.stream().filter(Judgement::right).count();
  }

  /** The share of right samples. */
  double mean() {
    return samples.isEmpty() ? 0 : (double) right() / samples.size();
  }

  /** Whether the most frequent answer is right. */
  boolean majorityRight() {
    Vote first = votes.isEmpty() ? null : votes.getFirst();
    return first != null && first.right;
  }

  @Nullable String sibling() {
    return problem.siblingOf();
  }
}
