package io.r1platform.eval.cards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r1platform.eval.answers.Answers;
import io.r1platform.eval.problems.Judge;
import io.r1platform.eval.problems.Problem;
import io.r1platform.eval.problems.ProblemFile;
import io.r1platform.eval.problems.ProblemSet;
import io.r1platform.eval.runs.Journal;
import io.r1platform.eval.runs.Json;
import io.r1platform.eval.runs.Sample;
import io.r1platform.eval.sets.Recipe;
import io.r1platform.eval.steps.Worked;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BarsTests {
  private static final Instant NOW = Instant.parse("2026-11-30T13:00:00Z");
  private static final String SEED = "0123456789abcdef".repeat(4);
  private static final Recipe RECIPE = Bar.ADDITION.recipe(40);

  private final Judge judge = new Judge(new Answers(Duration.ofSeconds(20)));
  private final ProblemSet set =
      ProblemFile.parse("set", RECIPE.make(SEED), new ProblemFile.Reading(true, 0, 1));
  private final Map<String, Worked> worked = RECIPE.worked(SEED);

  @ParameterizedTest
  @EnumSource
  void asksAsManyOfEachLevelAndLanguage(Bar bar) {
    Recipe recipe = bar.recipe(1_000);
    int cells = recipe.levels().size() * 2;

    assertThat(recipe.languages()).containsExactly("en", "ko");
    assertThat(recipe.count() * cells).isBetween(1_000, 1_000 + cells);
    assertThat(Bar.of(bar.word())).isEqualTo(bar);
  }

  @Test
  void knowsNoOtherFamily() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bar.of("poetry"))
        .withMessageContaining("there is no 'poetry'")
        .withMessageContaining("products-2x2");
  }

  @Test
  void allRightAndWellWorkedMeetsEveryBar() {
    Measured family = measured(samples(), 200);

    assertThat(family.answers()).isEqualTo(40);
    assertThat(family.distinct()).isEqualTo(40);
    assertThat(family.accuracy().value()).isEqualTo(1);
    assertThat(family.met()).isTrue();
    assertThat(family.koreanMet()).isTrue();
    assertThat(family.checked()).isEqualTo(40);
    assertThat(family.valid()).isEqualTo(40);
    assertThat(family.stepsMet()).isTrue();
    assertThat(family.formed()).isEqualTo(40);
    assertThat(family.faulty()).isEmpty();
    assertThat(card(family).line())
        .isEqualTo(
            "nano model=r1-nano families=1 bars=1 bars_met=1 korean_met=1 steps_met=1 answers=40"
                + " checked=40 valid=1.0000 formed=1.0000 cost=0.01 currency=USD minutes=2.0");
  }

  @Test
  void aWrongKoreanAnswerCountsForKorean() {
    List<Sample> samples = samples();
    replace(samples, "addition-1-ko-1", "12 + 34 = 99999", worked("addition-1-ko-1"), "stop");
    Measured family = measured(samples, 200);

    assertThat(family.accuracy().value()).isEqualTo(39 / 40.0);
    assertThat(family.met()).isFalse();
    assertThat(family.english().value()).isEqualTo(1);
    assertThat(family.korean().value()).isEqualTo(19 / 20.0);
    assertThat(family.koreanMet()).isFalse();
    assertThat(family.checked()).isEqualTo(39); // only right answers are
  }

  /** In doubles some of these differences are more than two points. */
  @Test
  void exactlyTwoPointsBelowIsNotTooFarBelow() {
    Recipe recipe = Bar.ADDITION.recipe(400);
    ProblemSet large =
        ProblemFile.parse("set", recipe.make(SEED), new ProblemFile.Reading(true, 0, 1));
    Map<String, Worked> known = recipe.worked(SEED);
    for (int english : new int[] {5, 7, 28, 53, 200}) {
      assertThat(koreanMet(large, known, english, english - 4)).as("%d", english).isTrue();
      assertThat(koreanMet(large, known, english, english - 5)).as("%d", english).isFalse();
    }
  }

  private boolean koreanMet(ProblemSet large, Map<String, Worked> known, int english, int korean) {
    var left = new HashMap<>(Map.of("en", english, "ko", korean));
    List<Sample> samples =
        large.problems().stream()
            .map(
                problem -> {
                  boolean right = left.merge(problem.language(), -1, Integer::sum) >= 0;
                  String answer = Objects.requireNonNull(known.get(problem.id())).answer();
                  return sample(problem.id(), right ? answer : "none", "", "stop");
                })
            .toList();
    var contents = new Journal.Contents(samples, Duration.ofMinutes(2));
    return Measured.of(Bar.ADDITION, "c", large, known, contents, judge, 0).koreanMet();
  }

  @Test
  void aRightAnswerByWrongStepsIsFoundAndShown() {
    List<Sample> samples = samples();
    Worked own = Objects.requireNonNull(worked.get("addition-2-en-3"));
    String steps = worked("addition-2-en-3") + "\n1+1=3";
    replace(samples, "addition-2-en-3", own.answer(), steps, "stop");
    Measured family = measured(samples, 200);

    assertThat(family.accuracy().value()).isEqualTo(1);
    assertThat(family.valid()).isEqualTo(39);
    assertThat(family.stepsMet()).isFalse(); // 97.5 %
    Measured.Faulty faulty = family.faulty().getFirst();
    assertThat(faulty.problem()).isEqualTo("addition-2-en-3");
    assertThat(faulty.faults().getFirst()).isEqualTo("1+1=3");
    assertThat(BarsPage.of(card(family))).contains("97.5 %").contains("1+1=3");
  }

  @Test
  void whatDidNotEndOrHasNoAnswerIsNotFormed() {
    List<Sample> samples = samples();
    replace(samples, "addition-1-en-1", "", "12", "length");
    replace(samples, "addition-1-en-2", "5", "", "stop");

    assertThat(measured(samples, 200).formed()).isEqualTo(38);
  }

  @Test
  void checksNoMoreThanItIsTold() {
    assertThat(measured(samples(), 7).checked()).isEqualTo(7);
  }

  @Test
  void nothingRightMeetsNothing() {
    List<Sample> samples = samples();
    samples.replaceAll(sample -> with(sample, "<b>none</b>", "1+1=3", "stop"));
    Measured family = measured(samples, 200);

    assertThat(family.met()).isFalse();
    assertThat(family.koreanMet()).isFalse();
    assertThat(family.checked()).isZero();
    assertThat(family.stepsMet()).isFalse();
    Measured better = measured(samples(), 200).comparedWith(card(family));
    assertThat(better.above()).isTrue();
    assertThat(card(better).line()).contains(" above=1 ");
    assertThat(family.comparedWith(card(better)).above()).isFalse();
  }

  @Test
  void theCardIsReadAsItWasWritten() {
    Bars card = card(measured(samples(), 200));

    assertThat(Json.MAPPER.readValue(Json.pretty(card), Bars.class)).isEqualTo(card);
    assertThat(BarsPage.of(card)).contains("+ to 5 digits").doesNotContain("<script");
  }

  private Bars card(Measured family) {
    return Bars.of(true, NOW, "r1-nano", "http://x/v1", Duration.ofMinutes(2), List.of(family));
  }

  private Measured measured(List<Sample> samples, int most) {
    var contents = new Journal.Contents(samples, Duration.ofMinutes(2));
    return Measured.of(Bar.ADDITION, "c", set, worked, contents, judge, most);
  }

  private List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    for (Problem problem : set.problems()) {
      String answer = Objects.requireNonNull(worked.get(problem.id())).answer();
      samples.add(sample(problem.id(), answer, worked(problem.id()), "stop"));
    }
    return samples;
  }

  private String worked(String id) {
    return String.join("\n", Objects.requireNonNull(worked.get(id)).steps());
  }

  private static void replace(
      List<Sample> samples, String id, String answer, String reasoning, String finish) {
    samples.replaceAll(
        sample -> sample.problem().equals(id) ? with(sample, answer, reasoning, finish) : sample);
  }

  private static Sample with(Sample sample, String answer, String reasoning, String finish) {
    return sample(sample.problem(), answer, reasoning, finish);
  }

  private static Sample sample(String id, String answer, String reasoning, String finish) {
    return new Sample(
        id,
        0,
        "request",
        answer,
        reasoning,
        20,
        0,
        90,
        100,
        new BigDecimal("0.00025"),
        "USD",
        finish,
        1_000,
        NOW,
        null);
  }
}
