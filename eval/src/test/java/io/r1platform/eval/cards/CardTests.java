package io.r1platform.eval.cards;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.eval.answers.Answers;
import io.r1platform.eval.problems.Judge;
import io.r1platform.eval.problems.Problem;
import io.r1platform.eval.problems.ProblemFile;
import io.r1platform.eval.problems.ProblemSet;
import io.r1platform.eval.runs.Journal;
import io.r1platform.eval.runs.Json;
import io.r1platform.eval.runs.Plan;
import io.r1platform.eval.runs.Sample;
import io.r1platform.eval.runs.Settings;
import io.r1platform.eval.sets.Commitment;
import io.r1platform.eval.sets.Recipe;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardTests {
  private static final Instant NOW = Instant.parse("2026-11-30T04:00:00Z");
  private static final int SAMPLES = 3;
  private static final Recipe RECIPE =
      new Recipe(1, List.of("addition", "dates"), List.of(1, 2), List.of("en"), 10);

  @TempDir private Path directory;
  private final Judge judge = new Judge(new Answers(Duration.ofSeconds(20)));
  private Path answers = Path.of("");
  private Path cardFile = Path.of("");

  @BeforeEach
  void runWithoutAPlatform() throws IOException {
    Path file = directory.resolve("set.jsonl");
    Commitment commitment = Commitment.make(RECIPE, file, null, NOW);
    answers = directory.resolve("answers.jsonl");
    cardFile = directory.resolve("card.json");
    var settings = new Settings("r1-nano", SAMPLES, null, 0.6, null, 5, false, 0, false);
    var plan =
        new Plan(
            "run",
            NOW.plusSeconds(1),
            "set.jsonl",
            commitment.problemsSha256(),
            "http://127.0.0.1:8080/v1",
            settings,
            null,
            commitment.commitment());
    ProblemSet set = ProblemFile.read(file, new ProblemFile.Reading(false, 0, settings.seed()));
    var lines = new StringBuilder("{\"started\":\"" + NOW.plusSeconds(1) + "\"}\n");
    for (int i = 0; i < set.problems().size(); i++) {
      for (int sample = 0; sample < SAMPLES; sample++) {
        lines
            .append(Json.MAPPER.writeValueAsString(answer(set.problems().get(i), i, sample)))
            .append('\n');
      }
    }
    Files.writeString(answers, lines);
    Journal.Contents contents = Journal.read(answers);
    Scores scores = Scores.of(set, contents, judge, settings.seed());
    Card card =
        Card.of(
            plan,
            contents,
            scores,
            true,
            O1Prices.LIST,
            commitment.revealed(file),
            answers,
            NOW.plusSeconds(100));
    Json.write(cardFile, Json.pretty(card));
    Files.writeString(directory.resolve("card.html"), HtmlCard.of(card));
  }

  /** Every fourth problem is answered wrongly twice out of three times. */
  private static Sample answer(Problem problem, int index, int sample) {
    boolean wrong = index % 4 == 0 && sample > 0;
    return new Sample(
        problem.id(),
        sample,
        "id",
        wrong ? "<b>7 & nothing</b>" : problem.expected(),
        null,
        20,
        4,
        100 + index,
        110 + index,
        new BigDecimal("0.00025"),
        "USD",
        "stop",
        1_000,
        NOW.plusSeconds(2 + index),
        null);
  }

  @Test
  void reckonsAccuracyMoneyAndTime() {
    Card card = Json.read(cardFile, Card.class);
    Scores.Accuracy accuracy = Objects.requireNonNull(card.scores().accuracy());

    assertThat(accuracy.problems()).isEqualTo(40);
    assertThat(accuracy.samples()).isEqualTo(120);
    assertThat(accuracy.pass1().value()).isEqualTo((30 + 10 / 3.0) / 40); // 30 right, 10 a third
    // of sums two wrong ones outvote the right one; as dates they cannot be read and have no vote
    assertThat(accuracy.cons().value()).isEqualTo(35 / 40.0);
    assertThat(accuracy.method()).isEqualTo("cluster bootstrap");
    assertThat(card.costs().charged()).isEqualByComparingTo("0.03"); // 120 times 0.00025
    // o1: 120 · (16 · 15 + 4 · 7.5) + 3 · Σ(110 + i) · 60 millionths, Σ over 40 = 5,180
    assertThat(card.costs().o1()).isEqualByComparingTo("0.9648");
    assertThat(card.costs().ratio()).isEqualTo(32.16);
    assertThat(card.times().minutes()).isEqualTo(40 / 60.0);
    assertThat(card.scores().lengths()).hasSize(5);
    assertThat(card.scores().groups()).extracting(Scores.Group::by).contains("family", "level");
    assertThat(card.line())
        .startsWith("eval problems=40 samples=120 pass1=0.8333 low=0.")
        .contains(" cons=0.8750 cost=0.03 currency=USD o1_cost=0.9648 ratio=32.16 minutes=0.7");
  }

  @Test
  void theUntouchedCardAgrees() {
    assertThat(faults(null)).isEmpty();
    Commitment commitment = Objects.requireNonNull(Json.read(cardFile, Card.class).commitment());
    assertThat(faults(commitment.commitment())).isEmpty();
    assertThat(faults("0".repeat(64))).contains("the seed does not fit the commitment");
  }

  @Test
  void aBetterScoreIsFound() throws IOException {
    edit(cardFile, "\"value\" : 0.875", "\"value\" : 0.975");

    assertThat(faults(null)).contains("scores.accuracy does not follow from the answers");
  }

  @Test
  void aSmallerCostIsFound() throws IOException {
    edit(cardFile, "\"charged\" : \"0.03\"", "\"charged\" : \"0.02\"");

    assertThat(faults(null)).containsExactly("costs.charged does not follow from the answers");
  }

  @Test
  void anotherAnswerIsFound() throws IOException {
    edit(answers, "<b>7 & nothing</b>", "7");

    assertThat(faults(null)).contains("the answers are not those of the card");
  }

  @Test
  void aDroppedAnswerIsFoundAlsoWhereItsHashWasMended() throws IOException {
    List<String> lines = Files.readAllLines(answers);
    Files.write(answers, lines.subList(0, lines.size() - 1));
    edit(cardFile, Json.read(cardFile, Card.class).answersSha256(), Card.sha256(answers));

    assertThat(faults(null)).contains("answers are missing");
  }

  @Test
  void anotherSeedIsFound() throws IOException {
    String seed = Objects.requireNonNull(Json.read(cardFile, Card.class).commitment()).seed();
    edit(cardFile, String.valueOf(seed), "a".repeat(64));

    assertThat(faults(null))
        .contains(
            "the seed does not fit the commitment", "the problems are not those that were asked");
  }

  @Test
  void anotherRecipeIsFound() throws IOException {
    edit(cardFile, "\"count\" : 10", "\"count\" : 9");

    assertThat(faults(null)).contains("the seed does not fit the commitment");
  }

  @Test
  void thePageIsWholeAndShowsTextAsText() throws IOException {
    String page = Files.readString(directory.resolve("card.html"));

    assertThat(page).contains("83.3 %").contains("32.2 times").contains("cons@3");
    assertThat(page).doesNotContain("<b>7").doesNotContain("src=").doesNotContain("<script");
    assertThat(page).doesNotContain("href=").doesNotContain("url(");
  }

  private List<String> faults(@Nullable String published) {
    return new CardCheck(cardFile, judge).faults(null, published);
  }

  private static void edit(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }
}
