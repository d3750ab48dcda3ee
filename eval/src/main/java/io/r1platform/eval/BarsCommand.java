package io.r1platform.eval;

import io.r1platform.eval.answers.Answers;
import io.r1platform.eval.cards.Bar;
import io.r1platform.eval.cards.Bars;
import io.r1platform.eval.cards.BarsPage;
import io.r1platform.eval.cards.Measured;
import io.r1platform.eval.cards.O1Prices;
import io.r1platform.eval.problems.Judge;
import io.r1platform.eval.runs.Journal;
import io.r1platform.eval.runs.Json;
import io.r1platform.eval.runs.Quote;
import io.r1platform.eval.runs.Settings;
import io.r1platform.eval.sets.Commitment;
import io.r1platform.eval.sets.Recipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures a model against r1-nano's bars: one run for each family, and a card of all. */
@Command(
    name = "bars",
    mixinStandardHelpOptions = true,
    description = {
      "Measure a model against r1-nano's bars, at the platform's default sampling: held-out",
      "problems of each family, right answers, Korean against English, steps executed again.",
      "Each family is a run of its own in DIR/FAMILY, with a commitment and a card that",
      "r1 eval check reckons again; bars.json and bars.html tell of all. Killed, the same command",
      "goes on. Exit code 0 if everything was asked, whatever the bars say.",
      "Families (all): addition, subtraction, products-2x2, products-3x2, quotients-3x1,",
      "decimals, letters, dates, stories, primes; without a bar products-by-digit,",
      "other-quotients, divisibility, mixed, ordering, logic.",
      "Last line: nano model=… families=… bars=… bars_met=… korean_met=… steps_met=… answers=…",
      "checked=… valid=… formed=… cost=… currency=… minutes=…; --against adds above=…"
    })
final class BarsCommand implements Callable<Integer> {
  private static final long SEED = 1;

  private final Map<String, String> environment;
  private final Clock clock;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Mixin private final Asking asking = new Asking();

  @Parameters(arity = "0..*", paramLabel = "FAMILY")
  private List<String> names = List.of();

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Problems of each family, half of them Korean, 1 to 10,000 (1,000).")
  private int count;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "200",
      description = "Right answers of each family whose steps are executed again (200).")
  private int steps;

  @Option(
      names = "--set-seed",
      paramLabel = "HEX",
      description = "64 hexadecimal digits: the same problems again (new ones).")
  private @Nullable String setSeed;

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description = "Another bars.json: in how many families this one lies above (none).")
  private @Nullable Path against;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the runs lie (NAME.bars of the model, here).")
  private @Nullable Path out;

  BarsCommand(Map<String, String> environment, Clock clock) {
    this.environment = environment;
    this.clock = clock;
  }

  /** One family with its run. */
  private record Part(Bar bar, Path file, Recipe recipe, Evaluation run) {}

  @Override
  public Integer call() {
    asking.check();
    if (count < 1 || count > 10_000 || steps < 1) {
      throw new IllegalArgumentException("--count must be 1 to 10000, --steps at least 1");
    }
    Bars other = against == null ? null : Json.read(against, Bars.class);
    List<Part> parts = parts();
    begin(parts);
    boolean complete = ask(parts);
    Bars bars = measure(parts, complete, other);
    Json.write(directory().resolve("bars.json"), Json.pretty(bars));
    Json.write(directory().resolve("bars.html"), BarsPage.of(bars));
    bars.table().forEach(this::say);
    say("card       " + directory().resolve("bars.html").toAbsolutePath().normalize());
    say(bars.line());
    return complete ? 0 : 1;
  }

  private List<Part> parts() {
    List<Bar> wanted =
        names.isEmpty() ? List.of(Bar.values()) : names.stream().map(Bar::of).distinct().toList();
    var settings = new Settings(asking.model(), 1, null, null, null, SEED, true, 0, true);
    var parts = new ArrayList<Part>();
    for (Bar bar : wanted) {
      Path place = directory().resolve(bar.word());
      Path file = place.resolve("set.jsonl");
      Recipe recipe = bar.recipe(count);
      make(recipe, place, file);
      PrintWriter printed = spec.commandLine().getOut();
      var run =
          new Evaluation(
              file,
              place,
              asking.v1(environment),
              asking.key(environment),
              settings,
              printed,
              clock);
      parts.add(new Part(bar, file, recipe, run));
    }
    return parts;
  }

  /** The set of a family, unless a start before this one made it. */
  private void make(Recipe recipe, Path place, Path file) {
    Path beside = Commitment.beside(file);
    if (!Files.exists(beside)) {
      try {
        Files.createDirectories(place);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot make " + place, e);
      }
      Commitment.make(recipe, file, setSeed, clock.instant());
      return;
    }
    Commitment known = Json.read(beside, Commitment.class);
    boolean same =
        known.recipe().equals(recipe)
            && (setSeed == null || recipe.commitment(setSeed).equals(known.commitment()));
    if (!same) {
      throw new IllegalArgumentException(
          place + " holds another set: choose another --out, or the same --count");
    }
  }

  /** Quotes what has not begun, and asks once for all of it. */
  private void begin(List<Part> parts) {
    var quotes = new LinkedHashMap<Part, Quote>();
    for (Part part : parts) {
      if (!part.run.hasBegun()) {
        quotes.put(part, part.run.quote());
      }
    }
    if (quotes.isEmpty()) {
      say("going on with the runs in " + directory());
      return;
    }
    Quote all = quotes.values().stream().reduce(Quote::plus).orElseThrow();
    parts.getFirst().run.accept(all, asking.yes(), asking.maxCost());
    quotes.forEach((part, quote) -> part.run.begin(quote));
  }

  private boolean ask(List<Part> parts) {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      say("family     %s, %d of %d".formatted(part.bar.word(), i + 1, parts.size()));
      BigDecimal left = left(parts, part);
      boolean whole =
          (left == null || left.signum() > 0)
              && part.run.goOn(left, asking.atOnce(), O1Prices.LIST);
      if (!whole) {
        return false;
      }
    }
    return true;
  }

  /** What one family may cost so that all stay below the limit. */
  private @Nullable BigDecimal left(List<Part> parts, Part own) {
    BigDecimal limit = asking.maxCost();
    if (limit == null) {
      return null;
    }
    return parts.stream()
        .filter(part -> !part.equals(own) && Files.exists(part.run.answers()))
        .map(part -> Journal.read(part.run.answers()).cost())
        .reduce(limit, BigDecimal::subtract);
  }

  private Bars measure(List<Part> parts, boolean complete, @Nullable Bars other) {
    var judge = new Judge(new Answers(Evaluation.ALGEBRA));
    var measured = new ArrayList<Measured>();
    Duration worked = Duration.ZERO;
    for (Part part : parts) {
      if (Files.exists(part.run.answers())) {
        Commitment known = Json.read(Commitment.beside(part.file), Commitment.class);
        String seed =
            Objects.requireNonNull(known.revealed(part.file).seed(), "a set of its own has a seed");
        Journal.Contents contents = Journal.read(part.run.answers());
        Measured family =
            Measured.of(
                part.bar,
                known.commitment(),
                part.run.set(),
                part.recipe.worked(seed),
                contents,
                judge,
                steps);
        measured.add(other == null ? family : family.comparedWith(other));
        worked = worked.plus(contents.worked());
      }
    }
    return Bars.of(
        complete, clock.instant(), asking.model(), asking.v1(environment), worked, measured);
  }

  private Path directory() {
    return out != null ? out : Path.of(asking.model() + ".bars");
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
