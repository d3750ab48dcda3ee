package io.r1platform.eval.problems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r1platform.eval.answers.Answers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemFileTests {
  private static final Judge JUDGE = new Judge(new Answers(Duration.ofSeconds(20)));

  @Test
  void readsMathAsItIsPublished() {
    Problem problem =
        read("""
                {"problem": "What is $1+1$?", "solution": "It is $\\\\boxed{2}$.", \
                "level": "Level 1", "type": "Prealgebra", "unique_id": "a/1.json"}
                """)
            .problems()
            .getFirst();

    assertThat(problem.id()).isEqualTo("a/1.json");
    assertThat(problem.expected()).isEqualTo("2");
    assertThat(problem.family()).isEqualTo("Prealgebra");
    assertThat(problem.prompt()).startsWith("What is $1+1$?").contains("\\boxed{}");
    assertThat(JUDGE.judge(problem, "\\boxed{\\frac{4}{2}}").right()).isTrue();
    assertThat(JUDGE.judge(problem, "There are 2.").right()).isTrue();
    assertThat(JUDGE.judge(problem, "3").right()).isFalse();
  }

  @Test
  void readsChoicesByLetterIndexOrText() {
    for (String answer : List.of("\"B\"", "1", "\"four\"")) {
      Problem problem =
          read("{\"kind\":\"choice\",\"question\":\"2+2?\",\"choices\":[\"three\",\"four\"],"
                  + "\"answer\":"
                  + answer
                  + "}")
              .problems()
              .getFirst();

      assertThat(problem.expected()).isEqualTo("four");
      assertThat(problem.prompt()).contains("A) three\nB) four");
      assertThat(JUDGE.judge(problem, "\\boxed{B}").right()).isTrue();
      assertThat(JUDGE.judge(problem, "\\boxed{A}").right()).isFalse();
    }
  }

  @Test
  void drawsPairsWithoutRepeatAndRanksPeopleWithTies() {
    ProblemSet set =
        read(
            """
            {"kind": "items", "items": ["a", "b", {"id": "c", "text": "long"}, "d"], "pairs": 5, \
            "question": "{a} or {b}?", "order": ["c", ["a", "b"], "d"]}
            """);
    Items items = Objects.requireNonNull(set.items());

    assertThat(set.problems()).hasSize(5).allMatch(problem -> problem.kind() == Kind.PAIR);
    assertThat(set.problems().stream().map(Problem::prompt).distinct()).hasSize(5);
    assertThat(items.humanRanks()).containsEntry("c", 0).containsEntry("a", 1);
    assertThat(items.humanRanks()).containsEntry("b", 1).containsEntry("d", 2);
  }

  @Test
  void anItemCannotSmuggleInTheOther() {
    Problem pair =
        read("{\"kind\":\"pair\",\"a\":\"{b}\",\"b\":\"two\",\"question\":\"{a} or {b}?\"}")
            .problems()
            .getFirst();

    assertThat(pair.prompt()).isEqualTo("{b} or two?");
  }

  @Test
  void makesSiblingsOfPlainArithmetic() {
    ProblemSet set =
        ProblemFile.parse(
            "f",
            "{\"id\":\"x\",\"problem\":\"Tom has 47 apples and buys 35. How many?\",\"answer\":82}"
                .getBytes(StandardCharsets.UTF_8),
            new ProblemFile.Reading(true, 3, 1));

    assertThat(set.problems()).hasSize(4);
    for (Problem sibling : set.problems().subList(1, 4)) {
      List<String> numbers =
          List.of(sibling.prompt().replaceAll("[^0-9]+", " ").strip().split(" ", -1));
      int sum = Integer.parseInt(numbers.get(0)) + Integer.parseInt(numbers.get(1));
      assertThat(sibling.siblingOf()).isEqualTo("x");
      assertThat(sibling.expected()).isEqualTo(Integer.toString(sum));
      assertThat(sibling.prompt()).matches("Tom has \\d\\d apples and buys \\d\\d. How many\\?");
    }
  }

  @Test
  void makesSiblingsOfADeclaredTemplate() {
    ProblemSet set =
        ProblemFile.parse(
            "f",
            """
            {"problem": "Area of 3 by 4?", "answer": "12", "template": \
            {"text": "Area of {a} by {b}?", "answer": "a*b", "ranges": {"a": [5, 9], "b": [5, 9]}}}
            """
                .getBytes(StandardCharsets.UTF_8),
            new ProblemFile.Reading(true, 2, 1));

    Problem sibling = set.problems().get(1);
    List<String> numbers =
        List.of(sibling.prompt().replaceAll("[^0-9]+", " ").strip().split(" ", -1));
    int area = Integer.parseInt(numbers.get(0)) * Integer.parseInt(numbers.get(1));
    assertThat(JUDGE.judge(sibling, Integer.toString(area)).right()).isTrue();
    assertThat(JUDGE.judge(sibling, Integer.toString(area + 1)).right()).isFalse();
    assertThat(JUDGE.judge(sibling, area + " squares.").right()).isTrue();
  }

  /** Else a sentence would be right beside the public problem only: a lead out of nothing. */
  @Test
  void judgesASentenceAlikeForAProblemAndItsSiblings() {
    ProblemSet set =
        ProblemFile.parse(
            "f",
            """
            {"problem": "Half of 3?", "answer": "1.5", "template": \
            {"text": "Half of {a}?", "answer": "a/2", "ranges": {"a": [5, 5]}}}
            """
                .getBytes(StandardCharsets.UTF_8),
            new ProblemFile.Reading(true, 1, 1));

    assertThat(JUDGE.judge(set.problems().get(0), "It is 1.5 then.").right()).isTrue();
    assertThat(JUDGE.judge(set.problems().get(1), "It is 2.5 then.").right()).isTrue();
    assertThat(set.problems().get(1).expected()).isEqualTo("2.5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ | not JSON",
        "[] | not an object",
        "{\"problem\":\"x\"} | answer is missing",
        "{\"answer\":\"x\"} | problem is missing",
        "{\"kind\":\"poem\"} | kind is 'poem'",
        "{\"kind\":\"choice\",\"problem\":\"x\",\"choices\":[\"a\"],\"answer\":\"A\"} | choices",
        "{\"kind\":\"choice\",\"problem\":\"x\",\"choices\":[\"a\",\"b\"],\"answer\":\"C\"} | no choice",
        "{\"kind\":\"items\",\"items\":[\"a\"]} | at least two",
        "{\"kind\":\"pair\",\"a\":\"x\",\"b\":\"x\"} | the same",
        "{\"kind\":\"pair\",\"a\":\"x\",\"b\":\"y\",\"question\":\"z\"} | must have {a}"
      })
  void saysWhatIsWrongInWhichLine(String line, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(line))
        .withMessageContaining("f line 1: ")
        .withMessageContaining(why);
  }

  private static ProblemSet read(String text) {
    return ProblemFile.parse(
        "f", text.getBytes(StandardCharsets.UTF_8), new ProblemFile.Reading(false, 0, 1));
  }
}
