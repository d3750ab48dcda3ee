package io.r1platform.eval.sets;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.eval.answers.Answers;
import io.r1platform.eval.problems.Judge;
import io.r1platform.eval.problems.ProblemFile;
import io.r1platform.eval.problems.ProblemSet;
import io.r1platform.eval.steps.Columns;
import io.r1platform.eval.steps.Comparing;
import io.r1platform.eval.steps.Dividing;
import io.r1platform.eval.steps.Reading;
import io.r1platform.eval.steps.Worked;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Whole and damaged outputs that models/r1-nano/train/vectors.py wrote and check.py judged, of all
 * twelve families.
 */
class WrittenStepsTests {
  static List<JsonNode> examples() throws IOException {
    return TrainingKeysTests.lines("/written-steps.jsonl");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void judgesAsTrainingDoes(JsonNode example) {
    Worked worked = worked(example);
    for (JsonNode output : example.path("outputs")) {
      List<String> faults =
          worked.faults(output.path("reasoning").asString(), output.path("answer").asString());
      List<String> untrue = TrainingKeysTests.texts(output.path("false"));

      assertThat(faults.isEmpty())
          .as("%s: %s", output, faults)
          .isEqualTo(output.path("valid").asBoolean());
      assertThat(faults.stream().limit(untrue.size()).toList()).isEqualTo(untrue);
    }
  }

  @Test
  void hasBothSidesOfEveryFamily() throws IOException {
    for (Family family : Family.values()) {
      Stream<JsonNode> outputs =
          examples().stream()
              .filter(example -> example.path("task").asString().equals(family.word()))
              .flatMap(example -> stream(example.path("outputs")));
      assertThat(outputs.map(output -> output.path("valid").asBoolean())).contains(true, false);
    }
  }

  /** What a set's problems are worked out to is what the set calls right, in every cell. */
  @Test
  void endsWithTheAnswerOfTheSet() {
    List<String> families = Arrays.stream(Family.values()).map(Family::word).toList();
    var recipe = new Recipe(1, families, List.of(1, 2, 3, 4), List.of("en", "ko"), 5);
    String seed = "0123456789abcdef".repeat(4);
    ProblemSet set =
        ProblemFile.parse("set", recipe.make(seed), new ProblemFile.Reading(false, 0, 1));
    Map<String, Worked> worked = recipe.worked(seed);
    var judge = new Judge(new Answers(Duration.ofSeconds(20)));

    assertThat(worked).hasSize(12 * 4 * 2 * 5);
    assertThat(set.problems())
        .allSatisfy(
            problem -> {
              Worked own = Objects.requireNonNull(worked.get(problem.id()));
              assertThat(judge.judge(problem, own.answer()).right())
                  .as("%s: %s", problem, own.answer())
                  .isTrue();
              assertThat(own.faults(String.join("\n", own.steps()), own.answer())).isEmpty();
            });
  }

  private static Worked worked(JsonNode example) {
    JsonNode facts = example.path("facts");
    String kind = facts.path(0).asString("");
    boolean korean = example.path("language").asString().equals("ko");
    return switch (example.path("task").asString()) {
      case "addition", "subtraction", "multiplication", "division" ->
          Columns.work(
              facts.path(0).path(0).asString().charAt(0),
              facts.path(0).path(1).asInt(),
              facts.path(0).path(2).asInt(),
              korean);
      case "mixed" -> TrainingKeysTests.formula(facts.path(0)).worked(korean);
      case "stories" ->
          Stories.worked(
              Integer.parseInt(example.path("key").asString().split(" ", -1)[1]),
              TrainingKeysTests.formula(facts.path(0)),
              facts.path(2).asString(),
              korean);
      case "decimals" ->
          Comparing.larger(facts.path(1).asString(), facts.path(2).asString(), korean);
      case "ordering" -> ordering(kind, TrainingKeysTests.integers(facts.path(1)));
      case "letters" -> Reading.letters(kind.charAt(0), facts.path(1).asString(), korean);
      case "dates" ->
          Dividing.weekday(
              kind.equals("after"), facts.path(1).asInt(), facts.path(2).asInt(), korean);
      case "integers" -> integers(kind, facts, korean);
      case "logic" -> logic(kind, facts, korean);
      default -> throw new AssertionError(example);
    };
  }

  private static Worked ordering(String kind, List<Integer> numbers) {
    return switch (kind) {
      case "up", "down" -> Comparing.sorted(numbers, kind.equals("down"));
      case "largest", "smallest" -> Comparing.extreme(numbers, kind.equals("largest"));
      default -> throw new AssertionError(kind);
    };
  }

  private static Worked integers(String kind, JsonNode facts, boolean korean) {
    int number = facts.path(1).asInt();
    return switch (kind) {
      case "parity" -> Dividing.parity(number, korean);
      case "divisible" -> Dividing.divisible(number, facts.path(2).asInt(), korean);
      case "prime" -> Dividing.prime(number, korean);
      default -> throw new AssertionError(facts);
    };
  }

  private static Worked logic(String kind, JsonNode facts, boolean korean) {
    if (kind.equals("truth")) {
      return Reading.truth(
          TrainingKeysTests.clauses(facts), TrainingKeysTests.texts(facts.path(2)), korean);
    }
    List<Reading.Link> told =
        stream(facts.path(1))
            .map(pair -> new Reading.Link(pair.path(0).asString(), pair.path(1).asString()))
            .toList();
    return Reading.who(told, facts.path(2).asBoolean(), korean);
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
