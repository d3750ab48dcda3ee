package io.r1platform.eval.sets;

import io.r1platform.eval.steps.Worked;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Small word problems of one or two operations. */
final class Stories {
  private static final int[] TOPS = {20, 100, 100, 1_000};
  private static final int SMALL_SIDE = 9;

  /** {@code {n}} and {@code {m}} are names, {@code {t}} things, {@code {h}} what holds them. */
  private record Story(String formula, String english, String korean) {
    boolean asksForRest() {
      return formula.equals("a%b");
    }

    boolean hasProductOrQuotient() {
      return formula.contains("*") || formula.contains("/") || asksForRest();
    }

    Formula with(Map<Character, Integer> numbers) {
      if (!formula.startsWith("(")) {
        return Formula.of(operator(1), number(numbers, 0), number(numbers, 2));
      }
      Formula inner = Formula.of(operator(2), number(numbers, 1), number(numbers, 3));
      return Formula.of(operator(5), inner, new Formula.Whole(number(numbers, 6)));
    }

    private char operator(int at) {
      char operator = formula.charAt(at);
      return operator == '%' ? '/' : operator;
    }

    private int number(Map<Character, Integer> numbers, int at) {
      return numbers.getOrDefault(formula.charAt(at), 0);
    }
  }

  /** The order of models/r1-nano/train/stories.py: its keys count in it. */
  private static final List<Story> STORIES =
      List.of(
          new Story(
              "a+b",
              "{n} has {a} {t} and buys {b} more. How many {t} does {n} have now?",
              "{n}는 {t} {a}개를 가지고 있고 {b}개를 더 샀습니다. {t}는 모두 몇 개입니까?"),
          new Story(
              "a+b",
              "{n} has {a} {t}. {m} gives {n} {b} more. How many does {n} have?",
              "{n}는 {t}가 {a}개 있습니다. {m}가 {b}개를 주었습니다. {n}는 모두 몇 개를 가지고 있습니까?"),
          new Story(
              "a+b",
              "{n} has {a} {t} and {m} has {b} {t}. How many do they have together?",
              "{n}는 {t} {a}개, {m}는 {t} {b}개를 가지고 있습니다. 두 사람은 모두 몇 개를 가지고 있습니까?"),
          new Story(
              "a-b",
              "{n} has {a} {t} and eats {b}. How many are left?",
              "{n}는 {t} {a}개 중에서 {b}개를 먹었습니다. 몇 개 남았습니까?"),
          new Story(
              "a-b",
              "{n} has {a} {t}. {n} gives {b} to {m}. How many {t} are left?",
              "{n}는 {t} {a}개가 있습니다. {m}에게 {b}개를 주었습니다. 몇 개 남았습니까?"),
          new Story(
              "a-b",
              "There are {a} {t} in a box. {n} takes {b} out. How many are left?",
              "상자에 {t}가 {a}개 있습니다. {n}가 {b}개를 꺼냈습니다. 몇 개 남았습니까?"),
          new Story(
              "a-b",
              "{n} has {a} {t} and {m} has {b}. How many more does {n} have?",
              "{n}는 {t} {a}개, {m}는 {b}개를 가지고 있습니다. {n}는 {m}보다 몇 개 더 많습니까?"),
          new Story(
              "a*b",
              "There are {b} {h} with {a} {t} each. How many {t} are there?",
              "{h} {b}개에 {t}가 {a}개씩 들어 있습니다. {t}는 모두 몇 개입니까?"),
          new Story(
              "a*b",
              "{n} buys {b} {h} with {a} {t} in each. How many {t} does {n} buy?",
              "{n}는 {t}가 {a}개씩 든 {h} {b}개를 샀습니다. {t}는 모두 몇 개입니까?"),
          new Story(
              "a*b",
              "One of the {t} costs {a} cents. What do {b} {t} cost?",
              "{t} 하나는 {a}원입니다. {t} {b}개는 얼마입니까?"),
          new Story(
              "a/b",
              "{n} shares {a} {t} equally among {b} friends. How many does each get?",
              "{n}는 {t} {a}개를 친구 {b}명에게 똑같이 나누어 줍니다. 한 명은 몇 개를 받습니까?"),
          new Story(
              "a/b",
              "{a} {t} are packed into {b} {h} equally. How many are in each?",
              "{t} {a}개를 {h} {b}개에 똑같이 나누어 담습니다. 하나에 몇 개씩 들어갑니까?"),
          new Story(
              "a%b",
              "{n} shares {a} {t} equally among {b} friends. How many are left over?",
              "{n}는 {t} {a}개를 친구 {b}명에게 똑같이 나누어 줍니다. 몇 개가 남습니까?"),
          new Story(
              "(a+b)-c",
              "{n} has {a} {t}, buys {b} more and gives {c} to {m}. How many does {n} have now?",
              "{n}는 {t} {a}개에서 {b}개를 더 사고 {m}에게 {c}개를 주었습니다. 지금 몇 개입니까?"),
          new Story(
              "(a-b)+c",
              "{n} has {a} {t}. {n} loses {b} and then finds {c}. How many {t} does {n} have now?",
              "{n}는 {t} {a}개가 있습니다. {b}개를 잃어버리고 {c}개를 찾았습니다. 지금 몇 개입니까?"),
          new Story(
              "(a*b)+c",
              "There are {b} {h} with {a} {t} each and {c} more {t}. How many {t} are there?",
              "{h} {b}개에 {t}가 {a}개씩 있고 {t}가 {c}개 더 있습니다. {t}는 모두 몇 개입니까?"),
          new Story(
              "(a*b)-c",
              "{n} has {b} {h} with {a} {t} each and eats {c} {t}. How many {t} are left?",
              "{n}는 {t}가 {a}개씩 든 {h} {b}개를 가지고 있고 {t} {c}개를 먹었습니다. 몇 개 남았습니까?"),
          new Story(
              "(a+c)*b",
              "{b} children each get {a} {t} and {c} more. How many {t} do they get together?",
              "어린이 {b}명이 각각 {t} {a}개와 {c}개를 더 받습니다. 모두 몇 개를 받습니까?"),
          new Story(
              "(a+c)/b",
              "{n} has {a} {t} and {m} has {c}. They share them among {b} friends."
                  + " How many does each get?",
              "{n}는 {t} {a}개, {m}는 {c}개를 친구 {b}명에게 똑같이 나누어 줍니다. 한 명은 몇 개를 받습니까?"));

  private static final int COSTS = 9;
  private static final int REST = 12;

  private record Thing(String english, String korean) {
    String in(boolean language) {
      return language ? korean : english;
    }
  }

  private static final List<Thing> THINGS =
      List.of(
          new Thing("apples", "사과"),
          new Thing("cookies", "쿠키"),
          new Thing("oranges", "오렌지"),
          new Thing("eggs", "달걀"),
          new Thing("candies", "사탕"),
          new Thing("cakes", "케이크"));

  private static final List<Thing> HOLDERS =
      List.of(
          new Thing("boxes", "상자"),
          new Thing("bags", "봉지"),
          new Thing("baskets", "바구니"),
          new Thing("shelves", "선반"),
          new Thing("plates", "접시"));

  private Stories() {}

  /** Levels 1 and 2: one operation, to 20 and to 100; 3 and 4: mostly two, to 100 and to 1000. */
  static Drawn draw(Draws draws, int level, boolean korean) {
    boolean one = level < 3 || draws.chance(15);
    while (true) {
      boolean rest = level > 1 && draws.chance(6);
      int number =
          rest ? REST : one ? draws.between(0, REST - 1) : draws.between(REST + 1, lastStory());
      Map<Character, Integer> numbers = numbers(draws, STORIES.get(number), level);
      Formula formula = STORIES.get(number).with(numbers);
      if (makesSense(formula, numbers)) {
        return asked(draws, number, formula, numbers, korean);
      }
    }
  }

  /** A story with its slots. */
  static String wording(int number, boolean korean) {
    return korean ? STORIES.get(number).korean : STORIES.get(number).english;
  }

  private static int lastStory() {
    return STORIES.size() - 1;
  }

  private static Map<Character, Integer> numbers(Draws draws, Story story, int level) {
    int most = TOPS[level - 1] - 1;
    int a = draws.between(2, most);
    int b = draws.between(2, story.hasProductOrQuotient() ? SMALL_SIDE : most);
    int c = draws.between(2, most);
    switch (story.formula) {
      case "a/b" -> a -= a % b;
      case "(a+c)/b" -> c -= (a + c) % b;
      default -> {}
    }
    return Map.of('a', a, 'b', b, 'c', c);
  }

  private static boolean makesSense(Formula formula, Map<Character, Integer> numbers) {
    return numbers.values().stream().allMatch(number -> number > 1)
        && formula.steps().stream()
            .allMatch(
                step ->
                    step.isWithinReach() && (step.operator() != '-' || step.left() > step.right()));
  }

  private static Drawn asked(
      Draws draws, int number, Formula formula, Map<Character, Integer> numbers, boolean korean) {
    Story story = STORIES.get(number);
    List<String> names = draws.sample(Names.of(korean), 2);
    var slots = new HashMap<String, String>();
    numbers.forEach((letter, value) -> slots.put(letter.toString(), value.toString()));
    slots.put("n", names.getFirst());
    slots.put("m", names.getLast());
    String thing = draws.of(THINGS).in(korean);
    slots.put("t", thing);
    slots.put("h", draws.of(HOLDERS).in(korean));
    String question = Wordings.fill(wording(number, korean), slots);
    int a = numbers.getOrDefault('a', 0);
    int b = numbers.getOrDefault('b', 0);
    String answer = Integer.toString(story.asksForRest() ? a % b : formula.value());
    List<Formula.Step> steps = formula.steps();
    String whole = key(number, a, b, numbers.getOrDefault('c', 0));
    Worked worked = worked(number, formula, thing, korean);
    return steps.size() > 1
        ? new Drawn("math", question, answer, List.of(), whole, worked)
        : new Drawn(
            "math",
            question,
            answer,
            List.of(),
            "story %d %d %d".formatted(number, a, b),
            steps.getFirst().key(),
            worked);
  }

  /** The formula's steps; the answer has a unit. */
  static Worked worked(int number, Formula formula, String thing, boolean korean) {
    Worked worked = formula.worked(korean);
    Formula.Step last = formula.steps().getLast();
    String result =
        STORIES.get(number).asksForRest()
            ? Integer.toString(last.left() % last.right())
            : worked.steps().getLast().split(" ", 2)[0];
    String unit = number == COSTS ? (korean ? "원" : "cents") : korean ? "개" : thing;
    String answer = korean ? result + unit + "입니다." : result + " " + unit + ".";
    return new Worked(worked.steps(), worked.check(), answer);
  }

  /**
   * Training's canonical form. It names a third number also where the story has only two, so that
   * one question has many of them; that of its only operation stands for it in {@link #asked}:
   * training leaves out every problem that contains a held-out one.
   */
  static String key(int number, int a, int b, int c) {
    return "story %d %d %d %d".formatted(number, a, b, c);
  }
}
