package io.r1platform.eval;

import io.r1platform.eval.answers.Answers;
import io.r1platform.eval.cards.Card;
import io.r1platform.eval.cards.HtmlCard;
import io.r1platform.eval.cards.O1Prices;
import io.r1platform.eval.cards.Scores;
import io.r1platform.eval.problems.Judge;
import io.r1platform.eval.problems.ProblemFile;
import io.r1platform.eval.problems.ProblemSet;
import io.r1platform.eval.runs.Journal;
import io.r1platform.eval.runs.Json;
import io.r1platform.eval.runs.Plan;
import io.r1platform.eval.runs.Quote;
import io.r1platform.eval.runs.Quotes;
import io.r1platform.eval.runs.Run;
import io.r1platform.eval.runs.Settings;
import io.r1platform.eval.sets.Commitment;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One run in its directory: plan, answers, card. */
final class Evaluation {
  /** How long the algebra system may take over one answer; its first use loads its rules. */
  static final Duration ALGEBRA = Duration.ofSeconds(10);

  private static final Duration LINE_EVERY = Duration.ofSeconds(5);

  private final Path file;
  private final Path directory;
  private final String v1;
  private final String key;
  private final Settings settings;
  private final PrintWriter out;
  private final Clock clock;
  private final AtomicReference<Instant> lastLine;
  private @Nullable ProblemSet read;

  Evaluation(
      Path file,
      Path directory,
      String v1,
      String key,
      Settings settings,
      PrintWriter out,
      Clock clock) {
    this.file = file;
    this.directory = directory;
    this.v1 = v1;
    this.key = key;
    this.settings = settings;
    this.out = out;
    this.clock = clock;
    this.lastLine = new AtomicReference<>(clock.instant());
  }

  /** How a file is read under these settings. */
  static ProblemFile.Reading reading(Settings settings) {
    return new ProblemFile.Reading(settings.plain(), settings.siblings(), settings.seed());
  }

  /** Runs or goes on; false if it ended before everything was asked. */
  boolean run(boolean yes, @Nullable BigDecimal maxCost, int atOnce, O1Prices prices) {
    if (hasBegun()) {
      Plan plan = Json.read(planFile(), Plan.class);
      say("going on with the run of " + plan.createdAt() + " in " + directory);
    } else {
      Quote quote = quote();
      accept(quote, yes, maxCost);
      begin(quote);
    }
    return goOn(maxCost, atOnce, prices);
  }

  /** Whether its quote was accepted before. */
  boolean hasBegun() {
    return Files.exists(planFile());
  }

  /** Notes what was agreed, before the first request. */
  void begin(Quote quote) {
    ProblemSet set = set();
    Optional<Commitment> commitment = Commitment.of(file, set.sha256());
    makeDirectory();
    var plan =
        new Plan(
            UUID.randomUUID().toString(),
            clock.instant(),
            file.getFileName().toString(),
            set.sha256(),
            v1,
            settings,
            quote,
            commitment.map(Commitment::commitment).orElse(null));
    Json.write(planFile(), Json.pretty(plan));
  }

  /** Asks what has no answer yet; false if {@code maxCost} ended it before. */
  boolean goOn(@Nullable BigDecimal maxCost, int atOnce, O1Prices prices) {
    ProblemSet set = set();
    Optional<Commitment> commitment = Commitment.of(file, set.sha256());
    Plan plan = Json.read(planFile(), Plan.class);
    refuseOther(plan, set);
    Path answers = answers();
    boolean complete;
    Instant begun = clock.instant();
    try (Journal journal = Journal.open(answers, begun)) {
      var run = new Run(v1, key, plan, maxCost, clock);
      int before = journal.contents().samples().size();
      complete =
          run.ask(
              set,
              journal,
              atOnce,
              (done, all, spent) -> progress(done, all, before, spent, begun));
    }
    Commitment shown = commitment.map(each -> complete ? each.revealed(file) : each).orElse(null);
    card(plan, set, answers, complete, prices, shown);
    return complete;
  }

  private void card(
      Plan plan,
      ProblemSet set,
      Path answers,
      boolean complete,
      O1Prices prices,
      @Nullable Commitment commitment) {
    Journal.Contents contents = Journal.read(answers);
    Scores scores = Scores.of(set, contents, new Judge(new Answers(ALGEBRA)), settings.seed());
    Card card =
        Card.of(plan, contents, scores, complete, prices, commitment, answers, clock.instant());
    Json.write(directory.resolve("card.json"), Json.pretty(card));
    Json.write(directory.resolve("card.html"), HtmlCard.of(card));
    say("card       " + directory.resolve("card.html").toAbsolutePath().normalize());
    if (!complete) {
      say("stopped before more than --max-cost could be charged; with a larger one it goes on");
    }
    say(card.line());
  }

  private Path planFile() {
    return directory.resolve("plan.json");
  }

  /** The problems, read once: what is asked is what was quoted. */
  ProblemSet set() {
    ProblemSet known = read;
    if (known == null) {
      known = ProblemFile.read(file, reading(settings));
      read = known;
    }
    return known;
  }

  /** The journal. */
  Path answers() {
    return directory.resolve("answers.jsonl");
  }

  /** What all of it would cost; nothing is asked. */
  Quote quote() {
    ProblemSet set = set();
    try (var quotes = new Quotes(v1, key)) {
      return quotes.of(
          set.problems(),
          settings,
          settings.samples(),
          done -> everySoOften("quoting " + done + "/" + set.problems().size()));
    }
  }

  private void show(Quote quote) {
    try (var quotes = new Quotes(v1, key)) {
      say(
          "quote      %d requests: at least %s, expected %s, at most %s %s"
              .formatted(
                  quote.requests(),
                  quote.minimum().toPlainString(),
                  quote.expected() == null ? "not known" : quote.expected().toPlainString(),
                  quote.maximum().toPlainString(),
                  quote.currency()));
      quotes
          .available()
          .ifPresent(left -> say("available  " + left.toPlainString() + " " + quote.currency()));
    }
  }

  /** Shows a quote and asks; what is not accepted ends here. */
  @SuppressWarnings("SystemConsoleNull") // whether it is null depends on the JDK's provider
  void accept(Quote quote, boolean yes, @Nullable BigDecimal maxCost) {
    show(quote);
    if (maxCost != null && maxCost.compareTo(quote.largest()) < 0) {
      throw new IllegalArgumentException(
          "--max-cost is less than the %s that one request may cost"
              .formatted(quote.largest().toPlainString()));
    }
    if (maxCost != null && maxCost.compareTo(quote.maximum()) < 0) {
      say("--max-cost is below the maximum: the run may end early, with a card of what is there");
    }
    if (yes) {
      return;
    }
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new IllegalStateException("nobody is here to accept the quote; --yes accepts it");
    }
    String answer = console.readLine("Run it? [y/N] ");
    if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
      throw new IllegalStateException("not run, nothing was charged");
    }
  }

  private void refuseOther(Plan plan, ProblemSet set) {
    String why =
        !plan.fileSha256().equals(set.sha256())
            ? "the problems are others"
            : !plan.settings().equals(settings)
                ? "the settings were " + plan.settings()
                : plan.baseUrl().equals(v1) ? "" : "it was asked at " + plan.baseUrl();
    if (!why.isEmpty()) {
      throw new IllegalArgumentException(
          directory + " holds another run: " + why + ". Choose another --out");
    }
  }

  private void progress(int done, int all, int before, BigDecimal spent, Instant begun) {
    double seconds = Duration.between(begun, clock.instant()).toMillis() / 1000.0;
    int fresh = Math.max(1, done - before);
    everySoOften(
        "%d/%d answers, %s charged, %.0f s, about %.0f s left"
            .formatted(done, all, spent.toPlainString(), seconds, seconds / fresh * (all - done)));
  }

  private void everySoOften(String line) {
    Instant last = lastLine.get();
    Instant now = clock.instant();
    boolean due = !now.isBefore(last.plus(LINE_EVERY));
    if (due && lastLine.compareAndSet(last, now)) {
      say(line);
    }
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }

  private void makeDirectory() {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory + ": " + e.getMessage(), e);
    }
  }
}
