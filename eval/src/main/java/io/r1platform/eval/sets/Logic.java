package io.r1platform.eval.sets;

import io.r1platform.eval.steps.Reading;
import io.r1platform.eval.steps.Reading.Clause;
import io.r1platform.eval.steps.Reading.Link;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Who is tallest, and whether joined comparisons are true. */
final class Logic {
  private static final int[] PEOPLE = {3, 3, 4, 5};
  private static final int[] TOPS = {10, 100, 100, 1_000};
  private static final List<String> SIGNS = List.of("<", ">", ">", "<", "=");

  /** More than, less than; who has most, who has least. */
  private record Relation(String more, String less, String most, String least) {}

  private static final List<Relation> ENGLISH =
      List.of(
          new Relation("taller", "shorter", "tallest", "shortest"),
          new Relation("older", "younger", "oldest", "youngest"),
          new Relation("faster", "slower", "fastest", "slowest"),
          new Relation("heavier", "lighter", "heaviest", "lightest"),
          new Relation("richer", "poorer", "richest", "poorest"));

  private static final List<Relation> KOREAN =
      List.of(
          new Relation("키가 큽니다", "키가 작습니다", "가장 키가 큰", "가장 키가 작은"),
          new Relation("나이가 많습니다", "나이가 적습니다", "가장 나이가 많은", "가장 나이가 적은"),
          new Relation("빠릅니다", "느립니다", "가장 빠른", "가장 느린"),
          new Relation("무겁습니다", "가볍습니다", "가장 무거운", "가장 가벼운"));

  private Logic() {}

  static Drawn draw(Draws draws, int level, boolean korean) {
    return draws.chance(60) ? who(draws, level, korean) : truth(draws, level, korean);
  }

  /** 3 to 5 people; from level 2 on the statements are shuffled and some turned round. */
  private static Drawn who(Draws draws, int level, boolean korean) {
    List<String> names = draws.sample(Names.of(korean), PEOPLE[level - 1]);
    List<Link> links =
        IntStream.range(1, names.size())
            .mapToObj(i -> new Link(names.get(i - 1), names.get(i)))
            .toList();
    links = level > 1 ? draws.sample(links, links.size()) : links;
    Relation relation = draws.of(korean ? KOREAN : ENGLISH);
    var sentences = new ArrayList<String>();
    for (Link link : links) {
      boolean turned = level > 1 && draws.chance(50);
      Map<String, String> slots =
          turned
              ? Map.of("a", link.less(), "b", link.more(), "r", relation.less)
              : Map.of("a", link.more(), "b", link.less(), "r", relation.more);
      sentences.add(Wordings.fill(korean ? "{a}는 {b}보다 {r}." : "{a} is {r} than {b}.", slots));
    }
    boolean most = draws.chance(50);
    String asked = most ? relation.most : relation.least;
    sentences.add(korean ? asked + " 사람은 누구입니까?" : "Who is the " + asked + "?");
    List<String> choices = names.stream().sorted().toList();
    String answer = most ? names.getFirst() : names.getLast();
    return new Drawn(
        "choice",
        String.join(" ", sentences),
        answer,
        choices,
        keyOfWho(names, links, most),
        Reading.who(links, most, korean));
  }

  /** The names in order, which pairs were told in which order, and who was asked for. */
  static String keyOfWho(List<String> names, List<Link> told, boolean most) {
    String order =
        told.stream()
            .map(link -> Integer.toString(names.indexOf(link.more())))
            .collect(Collectors.joining(" "));
    return "logic who %s %s %s %s"
        .formatted(Collections.min(names), String.join(">", names), order, python(most));
  }

  /**
   * Level 1: one digit; 2: two digits; 3: three comparisons; 4: three of three digits. Where "and"
   * before "or" would give another value than from the left, the problem is not asked.
   */
  private static Drawn truth(Draws draws, int level, boolean korean) {
    int top = TOPS[level - 1];
    while (true) {
      var clauses = new ArrayList<Clause>();
      var joins = new ArrayList<String>();
      for (int i = 0; i < (level < 3 ? 2 : 3); i++) {
        int left = draws.between(0, top - 1);
        boolean far = draws.chance(70);
        int right = far ? draws.between(0, top - 1) : Math.min(top - 1, left + draws.between(0, 3));
        clauses.add(new Clause(left, draws.of(SIGNS), right));
        if (i > 0) {
          joins.add(draws.of(List.of("and", "or")));
        }
      }
      boolean value = fromTheLeft(clauses, joins);
      if (value == andFirst(clauses, joins)) {
        return asked(draws, korean, clauses, joins, value);
      }
    }
  }

  private static Drawn asked(
      Draws draws, boolean korean, List<Clause> clauses, List<String> joins, boolean value) {
    var text = new StringBuilder();
    for (int i = 0; i < clauses.size(); i++) {
      Clause clause = clauses.get(i);
      text.append(i == 0 ? "" : " " + word(joins.get(i - 1), korean) + " ");
      text.append(clause.left() + " " + clause.sign() + " " + clause.right());
    }
    List<String> wordings =
        korean
            ? List.of("참 또는 거짓: {s}", "{s}: 참입니까, 거짓입니까?")
            : List.of("True or false: {s}", "True or false? {s}");
    String question = draws.of(wordings).replace("{s}", text);
    List<String> choices = korean ? List.of("참", "거짓") : List.of("true", "false");
    String key = keyOfTruth(clauses, joins);
    return new Drawn(
        "choice",
        question,
        choices.get(value ? 0 : 1),
        choices,
        key,
        Reading.truth(clauses, joins, korean));
  }

  private static String word(String join, boolean korean) {
    return korean ? (join.equals("and") ? "그리고" : "또는") : join;
  }

  static boolean fromTheLeft(List<Clause> clauses, List<String> joins) {
    boolean value = clauses.getFirst().holds();
    for (int i = 0; i < joins.size(); i++) {
      boolean next = clauses.get(i + 1).holds();
      value = joins.get(i).equals("and") ? value && next : value || next;
    }
    return value;
  }

  private static boolean andFirst(List<Clause> clauses, List<String> joins) {
    boolean any = false;
    boolean all = clauses.getFirst().holds();
    for (int i = 0; i < joins.size(); i++) {
      boolean next = clauses.get(i + 1).holds();
      any |= joins.get(i).equals("or") && all;
      all = joins.get(i).equals("and") ? all && next : next;
    }
    return any || all;
  }

  /** Python's own text of a list of tuples and a tuple of texts. */
  static String keyOfTruth(List<Clause> clauses, List<String> joins) {
    String listed =
        clauses.stream()
            .map(clause -> "(%d, '%s', %d)".formatted(clause.left(), clause.sign(), clause.right()))
            .collect(Collectors.joining(", "));
    String joined = joins.stream().map(join -> "'" + join + "'").collect(Collectors.joining(", "));
    return "logic truth [" + listed + "] (" + joined + (joins.size() == 1 ? ",)" : ")");
  }

  private static String python(boolean value) {
    return value ? "True" : "False";
  }
}
