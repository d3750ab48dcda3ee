package io.r1platform.eval;

import io.r1platform.eval.cards.O1Prices;
import io.r1platform.eval.runs.Settings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a file of problems through the tenant API. */
@Command(
    name = "r1 eval",
    mixinStandardHelpOptions = true,
    description = {
      "Run a JSONL file of problems through the tenant API: quote before, exact cost after.",
      "Writes card.html, card.json, plan.json and answers.jsonl. Killed, the same command goes on",
      "where it was, without asking or paying twice. docs/evaluation.md has the fields.",
      "Last line: eval problems=… samples=… pass1=… low=… high=… cons=… cost=… currency=… o1_cost=…",
      "ratio=… minutes=…; of a ranking: pairs=… tau=…"
    })
final class EvalCommand implements Callable<Integer> {
  private final Map<String, String> environment;
  private final Clock clock;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The problems, one JSON object a line.")
  private @Nullable Path file;

  @Mixin private final Asking asking = new Asking();

  @Option(
      names = "--samples",
      paramLabel = "K",
      defaultValue = "1",
      description = "Answers for each problem, 1 to 64 (1).")
  private int samples;

  @Option(
      names = "--max-tokens",
      paramLabel = "TOKENS",
      description = "Of each answer, its reasoning included (the platform's default).")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 to 2, 0 is greedy (the platform's default, 0.6).")
  private @Nullable Double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Share of probability to draw from, 0 to 1 (the platform's default, 0.95).")
  private @Nullable Double topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of samples, siblings, pairs and intervals, a whole number (1).")
  private long seed;

  @Option(
      names = "--plain",
      description = "Send the questions alone, without the line that asks for \\boxed{} (off).")
  private boolean plain;

  @Option(
      names = "--siblings",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Problems made of each templated one, for the contamination report, 0 to 20 (0).")
  private int siblings;

  @Option(
      names = "--keep-reasoning",
      description = "Keep the reasoning in answers.jsonl (only the answers).")
  private boolean keepsReasoning;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the run lies (FILE's name with .eval, here).")
  private @Nullable Path out;

  @Option(
      names = "--o1-prices",
      paramLabel = "IN,CACHED,OUT",
      description = "o1's prices, USD for a million tokens (15,7.50,60).")
  private @Nullable String o1Prices;

  EvalCommand(Map<String, String> environment, Clock clock) {
    this.environment = environment;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    Path problems = file;
    if (problems == null) {
      throw new IllegalArgumentException("name a file of problems, or generate, check or bars");
    }
    asking.check();
    var settings =
        new Settings(
            asking.model(),
            samples,
            maxTokens,
            temperature,
            topP,
            seed,
            plain,
            siblings,
            keepsReasoning);
    var evaluation =
        new Evaluation(
            problems,
            directory(problems),
            asking.v1(environment),
            asking.key(environment),
            settings,
            spec.commandLine().getOut(),
            clock);
    O1Prices prices = o1Prices == null ? O1Prices.LIST : O1Prices.of(o1Prices);
    return evaluation.run(asking.yes(), asking.maxCost(), asking.atOnce(), prices) ? 0 : 1;
  }

  private Path directory(Path problems) {
    if (out != null) {
      return out;
    }
    String name = problems.getFileName().toString();
    return Path.of(name.replaceFirst("\\.jsonl?$", "") + ".eval");
  }
}
