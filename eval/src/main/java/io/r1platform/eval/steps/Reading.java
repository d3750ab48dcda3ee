package io.r1platform.eval.steps;

import java.util.ArrayList;
import java.util.List;

/** Letters counted in a word, people put in order, and joined comparisons. */
public final class Reading {
  private Reading() {}

  /** Who has more, who has less. */
  public record Link(String more, String less) {}

  /** Two numbers and one of {@code < > =}. */
  public record Clause(int left, String sign, int right) {
    /** Whether it is true. */
    public boolean holds() {
      return switch (sign) {
        case "<" -> left < right;
        case ">" -> left > right;
        default -> left == right;
      };
    }
  }

  /** How often a letter is in a word: spelled, with a running count. */
  public static Worked letters(char letter, String word, boolean korean) {
    var spelled = new ArrayList<String>();
    int count = 0;
    for (int i = 0; i < word.length(); i++) {
      char character = word.charAt(i);
      count += character == letter ? 1 : 0;
      spelled.add(character == letter ? "" + character + count : Character.toString(character));
    }
    String question = letter + " in " + word;
    return new Worked(
        List.of(question, String.join(" ", spelled), Integer.toString(count)),
        korean ? word + "의 " + letter + ": " + count + "개" : question + ": " + count);
  }

  /** Who has most or least: every statement, then these joined at their common names. */
  public static Worked who(List<Link> told, boolean most, boolean korean) {
    var steps = new ArrayList<String>();
    told.forEach(link -> steps.add(link.more + " > " + link.less));
    var chain = new ArrayList<>(List.of(told.getFirst().more, told.getFirst().less));
    var open = new ArrayList<>(told.subList(1, told.size()));
    while (!open.isEmpty()) {
      Link next =
          open.stream()
              .filter(
                  link -> link.more.equals(chain.getLast()) || link.less.equals(chain.getFirst()))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("not one chain: " + told));
      if (next.more.equals(chain.getLast())) {
        chain.addLast(next.less);
      } else {
        chain.addFirst(next.more);
      }
      open.remove(next);
      steps.add(String.join(" > ", chain));
    }
    String name = most ? chain.getFirst() : chain.getLast();
    return new Worked(steps, korean ? name + "입니다." : name + ".");
  }

  /** Each comparison by itself, then joined from the left by {@code and} and {@code or}. */
  public static Worked truth(List<Clause> clauses, List<String> joins, boolean korean) {
    var steps = new ArrayList<String>();
    for (Clause clause : clauses) {
      String said = clause.left + " " + clause.sign + " " + clause.right;
      steps.add(said + ": " + value(clause.holds(), korean));
    }
    boolean result = clauses.getFirst().holds();
    for (int i = 0; i < joins.size(); i++) {
      boolean next = clauses.get(i + 1).holds();
      boolean and = joins.get(i).equals("and");
      String word = korean ? (and ? "그리고" : "또는") : joins.get(i);
      String said = value(result, korean) + " " + word + " " + value(next, korean);
      result = and ? result && next : result || next;
      steps.add(said + ": " + value(result, korean));
    }
    String value = value(result, korean);
    return new Worked(steps, korean ? value + "입니다." : "It is " + value + ".");
  }

  private static String value(boolean value, boolean korean) {
    return korean ? (value ? "참" : "거짓") : Boolean.toString(value);
  }
}
