package io.r1platform.eval;

import io.r1platform.eval.sets.Commitment;
import io.r1platform.eval.sets.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a set from a secret seed and prints what commits to it. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Make a set of problems that r1-nano's training left out, from a secret seed.",
      "Writes FILE, FILE.commitment.json (publish it before the run) and FILE.seed (keep it).",
      "Every problem is a held-out one: there is no option for others.",
      "Families: addition, subtraction, multiplication, division, decimals, letters, dates,",
      "integers, mixed, ordering, stories, logic."
    })
final class GenerateCommand implements Callable<Integer> {
  private final Clock clock;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FAMILY")
  private List<String> families = List.of();

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "100",
      description = "Problems of each family, level and language, 1 to 10,000 (100).")
  private int count;

  @Option(
      names = "--level",
      split = ",",
      defaultValue = "1,2,3,4",
      description = "1 to 4, commas (all).")
  private List<Integer> levels = List.of();

  @Option(names = "--language", split = ",", defaultValue = "en,ko", description = "en, ko (both).")
  private List<String> languages = List.of();

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "The set.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private Path out;

  @Option(names = "--seed", paramLabel = "HEX", description = "64 hexadecimal digits (a new one).")
  private @Nullable String seed;

  GenerateCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() {
    if (Files.exists(out)) {
      throw new IllegalArgumentException(out + " is there already; a set is never replaced");
    }
    var recipe = new Recipe(Recipe.GENERATOR, families, levels, languages, count);
    Commitment made = Commitment.make(recipe, out, seed, clock.instant());
    int problems = families.size() * levels.size() * languages.size() * count;
    spec.commandLine()
        .getOut()
        .printf(
            "generate problems=%d sha256=%s commitment=%s%n",
            problems, made.problemsSha256(), made.commitment());
    return 0;
  }
}
