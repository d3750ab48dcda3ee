package io.r1platform.eval.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r1platform.eval.answers.Answers;
import io.r1platform.eval.problems.Judge;
import io.r1platform.eval.problems.ProblemFile;
import io.r1platform.eval.problems.ProblemSet;
import io.r1platform.eval.steps.Worked;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeTests {
  private static final String SEED = "0123456789abcdef".repeat(4);
  private static final Instant NOW = Instant.parse("2026-11-30T04:00:00Z");
  private static final List<String> FAMILIES =
      Arrays.stream(Family.values()).map(Family::word).toList();

  @TempDir private Path directory;

  @Test
  void theSameSeedGivesTheSameBytesAndAnotherOneOthers() {
    var recipe = new Recipe(1, FAMILIES, List.of(1, 2, 3, 4), List.of("en", "ko"), 3);

    assertThat(recipe.make(SEED)).isEqualTo(recipe.make(SEED));
    assertThat(recipe.make("f".repeat(64))).isNotEqualTo(recipe.make(SEED));
    assertThat(recipe.commitment("f".repeat(64))).isNotEqualTo(recipe.commitment(SEED));
  }

  /** Pinned: another output under this number of the generator would break old commitments. */
  @Test
  void theGeneratorOfThisNumberStaysAsItIs() {
    List<String> first = FAMILIES.subList(0, 8); // those of its first day
    var recipe = new Recipe(1, first, List.of(1, 2, 3, 4), List.of("en", "ko"), 3);

    assertThat(recipe.commitment(SEED))
        .isEqualTo("05877419be69fff9003ba9432ab226156bedf412b31faf1a254e78cf836044a0");
    assertThat(ProblemFile.sha256(recipe.make(SEED)))
        .isEqualTo("ded92534782aef4dc03d97dfb048b8a2edd2558eeb5849459b29b43b09c3db94");
  }

  @Test
  void soDoTheFamiliesThatCameLater() {
    List<String> later = FAMILIES.subList(8, 12);
    var recipe = new Recipe(1, later, List.of(1, 2, 3, 4), List.of("en", "ko"), 3);

    assertThat(later).containsExactly("mixed", "ordering", "stories", "logic");
    assertThat(ProblemFile.sha256(recipe.make(SEED)))
        .isEqualTo("4ebe7446204f07d9da7f4e8c36733cbc563e55059f5cb6e4d3948667c571aa9a");
  }

  @Test
  void everyProblemCanBeReadAndItsAnswerIsRight() {
    var recipe = new Recipe(1, FAMILIES, List.of(1, 2, 3, 4), List.of("en", "ko"), 20);
    ProblemSet set =
        ProblemFile.parse("f", recipe.make(SEED), new ProblemFile.Reading(false, 0, 1));
    var judge = new Judge(new Answers(Duration.ofSeconds(5)));

    assertThat(set.problems()).hasSize(12 * 4 * 2 * 20);
    assertThat(set.problems())
        .allSatisfy(
            problem -> {
              assertThat(judge.judge(problem, problem.expected()).right()).isTrue();
              assertThat(judge.judge(problem, problem.expected() + "1").right()).isFalse();
            });
  }

  /** What models/r1-nano/train/problems.py says of the same keys. */
  @Test
  void holdsOutWhatTrainingHoldsOut() {
    assertThat(drawn("addition 53 14").isHeldOut()).isTrue();
    assertThat(drawn("addition 58 12").isHeldOut()).isFalse();
    assertThat(drawn("integers prime 91").isHeldOut()).isTrue();
    assertThat(drawn("integers prime 97").isHeldOut()).isFalse();
    assertThat(drawn("letters r strawberry").isHeldOut()).isFalse();
  }

  @Test
  void keepsTheSeedFromOthersAndRevealsItLater() throws Exception {
    Path file = directory.resolve("set.jsonl");
    var recipe = new Recipe(1, List.of("addition"), List.of(1), List.of("en"), 5);
    Commitment made = Commitment.make(recipe, file, null, NOW);

    assertThat(Files.getPosixFilePermissions(Commitment.seedFile(file)))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.readString(Commitment.beside(file))).doesNotContain("seed");
    Optional<Commitment> read = Commitment.of(file, made.problemsSha256());
    assertThat(read).contains(made);
    String seed = read.orElseThrow().revealed(file).seed();
    assertThat(recipe.commitment(String.valueOf(seed))).isEqualTo(made.commitment());
    assertThat(recipe.make(String.valueOf(seed))).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void refusesAFileThatIsNotTheOneCommittedTo() {
    Path file = directory.resolve("set.jsonl");
    Commitment.make(
        new Recipe(1, List.of("addition"), List.of(1), List.of("en"), 5), file, SEED, NOW);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Commitment.of(file, "0".repeat(64)))
        .withMessageContaining("is not the file");
  }

  @Test
  void refusesWhatItCannotMake() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Recipe(1, List.of("poems"), List.of(1), List.of("en"), 5))
        .withMessageContaining("addition");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Recipe(1, List.of("dates"), List.of(5), List.of("en"), 5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Recipe(2, List.of("dates"), List.of(1), List.of("en"), 5).make(SEED))
        .withMessageContaining("generator 2");
  }

  private static Drawn drawn(String key) {
    return new Drawn("math", "", "", List.of(), key, new Worked(List.of(), List.of(), ""));
  }
}
