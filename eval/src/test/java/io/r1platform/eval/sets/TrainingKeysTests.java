package io.r1platform.eval.sets;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.eval.sets.Family.Words;
import io.r1platform.eval.steps.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Examples that models/r1-nano/train/vectors.py wrote, of all twelve families. */
class TrainingKeysTests {
  static List<JsonNode> examples() throws IOException {
    return lines("/training-keys.jsonl");
  }

  static List<JsonNode> lines(String resource) throws IOException {
    try (InputStream file =
        Objects.requireNonNull(TrainingKeysTests.class.getResourceAsStream(resource))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(JsonMapper.shared()::readTree)
          .toList();
    }
  }

  static Stream<JsonNode> keyed() throws IOException {
    return examples().stream().filter(line -> !line.path("task").asString().equals("wording"));
  }

  @ParameterizedTest
  @MethodSource("keyed")
  void hashesAsTrainingDoes(JsonNode example) {
    assertThat(Drawn.isHeldOut(example.path("key").asString()))
        .isEqualTo(example.path("held_out").asBoolean());
  }

  @Test
  void hasExamplesOfBothSidesAndOfEveryFamily() throws IOException {
    assertThat(keyed().map(line -> line.path("held_out").asBoolean())).contains(true, false);
    assertThat(keyed().map(line -> line.path("task").asString()).distinct())
        .containsExactlyInAnyOrder(
            Stream.of(Family.values()).map(Family::word).toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("keyed")
  void writesTheKeyThatTrainingWrites(JsonNode example) {
    JsonNode facts = example.path("facts");
    String key =
        switch (example.path("task").asString()) {
          case "addition", "subtraction", "multiplication", "division", "mixed" ->
              formula(facts.path(0)).key();
          case "ordering" -> Ordering.key(integers(facts.path(1)));
          case "stories" ->
              Stories.key(
                  facts.path(0).asInt(),
                  facts.path(1).asInt(),
                  facts.path(2).asInt(),
                  facts.path(3).asInt());
          case "logic" -> keyOfLogic(facts);
          case "decimals" ->
              Words.keyOfDecimals(facts.path(1).asString(), facts.path(2).asString());
          case "letters" ->
              Words.keyOfLetters(facts.path(0).asString().charAt(0), facts.path(1).asString());
          case "dates" -> keyOfDates(facts);
          case "integers" -> keyOfIntegers(facts);
          default -> throw new AssertionError(example);
        };

    assertThat(key).isEqualTo(example.path("key").asString());
  }

  @ParameterizedTest
  @MethodSource("keyed")
  void findsTheValueThatTrainingFinds(JsonNode example) {
    JsonNode facts = example.path("facts");
    String answer = example.path("answer").asString();
    switch (example.path("task").asString()) {
      case "mixed" ->
          assertThat(answer).endsWith("= " + formula(facts.path(0)).value()); // no rest here
      case "logic" -> {
        if (facts.path(0).asString().equals("truth")) {
          boolean value = Logic.fromTheLeft(clauses(facts), texts(facts.path(2)));
          assertThat(answer).containsPattern(value ? "true|참" : "false|거짓");
        }
      }
      default -> {}
    }
  }

  @Test
  void tellsTheStoriesOfTraining() throws IOException {
    List<JsonNode> told =
        examples().stream().filter(line -> line.path("task").asString().equals("wording")).toList();

    assertThat(told).hasSize(19);
    for (JsonNode story : told) {
      JsonNode facts = story.path("facts");
      assertThat(Stories.wording(facts.path(0).asInt(), false)).isEqualTo(facts.path(1).asString());
      assertThat(Stories.wording(facts.path(0).asInt(), true)).isEqualTo(facts.path(2).asString());
    }
  }

  static Formula formula(JsonNode node) {
    if (node.isInt()) {
      return new Formula.Whole(node.asInt());
    }
    char operator = node.path(0).asString().charAt(0);
    return Formula.of(operator, formula(node.path(1)), formula(node.path(2)));
  }

  /** Questions about a month, a date or what lies between two are training's alone. */
  private static String keyOfDates(JsonNode facts) {
    String asked = facts.path(0).asString();
    return switch (asked) {
      case "after", "before" ->
          Words.keyOfDates(asked.equals("after"), facts.path(1).asInt(), facts.path(2).asInt());
      case "same month", "date after", "date before", "between" ->
          "dates " + stream(facts).map(JsonNode::asString).collect(Collectors.joining(" "));
      default -> throw new AssertionError(facts);
    };
  }

  private static String keyOfIntegers(JsonNode facts) {
    int number = facts.path(1).asInt();
    return switch (facts.path(0).asString()) {
      case "parity", "even", "odd" -> Words.keyOfParity(number);
      case "divisible" -> Words.keyOfDivisible(number, facts.path(2).asInt());
      case "prime" -> Words.keyOfPrime(number);
      default -> throw new AssertionError(facts);
    };
  }

  private static String keyOfLogic(JsonNode facts) {
    if (facts.path(0).asString().equals("truth")) {
      return Logic.keyOfTruth(clauses(facts), texts(facts.path(2)));
    }
    List<Reading.Link> told =
        stream(facts.path(1))
            .map(pair -> new Reading.Link(pair.path(0).asString(), pair.path(1).asString()))
            .toList();
    return Logic.keyOfWho(inOrder(told), told, facts.path(2).asBoolean());
  }

  /** The people from the one who has most on. */
  private static List<String> inOrder(List<Reading.Link> told) {
    var order = new ArrayList<String>();
    String first =
        told.stream()
            .map(Reading.Link::more)
            .filter(name -> told.stream().noneMatch(link -> link.less().equals(name)))
            .findFirst()
            .orElseThrow();
    for (String next = first; next != null; next = below(next, told)) {
      order.add(next);
    }
    return order;
  }

  private static @Nullable String below(String name, List<Reading.Link> told) {
    return told.stream()
        .filter(link -> link.more().equals(name))
        .map(Reading.Link::less)
        .findFirst()
        .orElse(null);
  }

  static List<Reading.Clause> clauses(JsonNode facts) {
    return stream(facts.path(1))
        .map(
            clause ->
                new Reading.Clause(
                    clause.path(0).asInt(), clause.path(1).asString(), clause.path(2).asInt()))
        .toList();
  }

  static List<Integer> integers(JsonNode array) {
    return stream(array).map(JsonNode::asInt).toList();
  }

  static List<String> texts(JsonNode array) {
    return stream(array).map(JsonNode::asString).toList();
  }

  static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
