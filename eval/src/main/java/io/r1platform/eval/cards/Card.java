package io.r1platform.eval.cards;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.r1platform.eval.problems.ProblemFile;
import io.r1platform.eval.runs.Journal;
import io.r1platform.eval.runs.Plan;
import io.r1platform.eval.runs.Sample;
import io.r1platform.eval.sets.Commitment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of a run; docs/evaluation.md describes each member.
 *
 * @param schema {@code r1-eval-card/1}
 * @param complete whether every answer is there
 * @param createdAt when the card was made
 * @param plan what was agreed before the run
 * @param costs what it cost, here and at o1's prices
 * @param times how long it took
 * @param scores all that follows from problems and answers
 * @param commitment of a generated set, with its seed if that is revealed
 * @param answers the journal's name
 * @param answersSha256 of its bytes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Card(
    String schema,
    boolean complete,
    Instant createdAt,
    Plan plan,
    Costs costs,
    Times times,
    Scores scores,
    @Nullable Commitment commitment,
    String answers,
    String answersSha256) {
  /** The one that this program writes. */
  public static final String SCHEMA = "r1-eval-card/1";

  private static final double MILLIS_A_SECOND = 1_000;

  /**
   * Money.
   *
   * @param charged the exact sum of what the platform charged for each answer
   * @param o1 what the same tokens would have cost at o1
   * @param ratio o1 to charged; null where nothing was charged
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Costs(
      BigDecimal charged,
      String currency,
      BigDecimal o1,
      @Nullable Double ratio,
      O1Prices o1Prices) {

    static Costs of(List<Sample> samples, Tokens tokens, O1Prices prices) {
      BigDecimal charged =
          samples.stream().map(Sample::cost).reduce(BigDecimal.ZERO, BigDecimal::add);
      String currency =
          samples.stream()
              .map(Sample::currency)
              .filter(each -> !each.isEmpty())
              .findFirst()
              .orElse("USD");
      BigDecimal o1 = prices.cost(tokens);
      return new Costs(
          charged.stripTrailingZeros(),
          currency,
          o1.stripTrailingZeros(),
          charged.signum() == 0 ? null : o1.divide(charged, 3, RoundingMode.HALF_UP).doubleValue(),
          prices);
    }
  }

  /**
   * Time.
   *
   * @param minutes at work, all starts together
   * @param medianSeconds of one answer, waiting in queues included
   * @param p95Seconds likewise
   */
  public record Times(double minutes, double medianSeconds, double p95Seconds) {
    static Times of(Journal.Contents contents) {
      long[] millis = contents.samples().stream().mapToLong(Sample::millis).sorted().toArray();
      int last = millis.length - 1;
      return new Times(
          contents.worked().toMillis() / MILLIS_A_SECOND / 60,
          last < 0 ? 0 : millis[last / 2] / MILLIS_A_SECOND,
          last < 0 ? 0 : millis[(int) Math.ceil(0.95 * last)] / MILLIS_A_SECOND);
    }
  }

  /** The card of a run whose journal is {@code answers}. */
  public static Card of(
      Plan plan,
      Journal.Contents contents,
      Scores scores,
      boolean complete,
      O1Prices prices,
      @Nullable Commitment commitment,
      Path answers,
      Instant now) {
    return new Card(
        SCHEMA,
        complete,
        now,
        plan,
        Costs.of(contents.samples(), scores.tokens(), prices),
        Times.of(contents),
        scores,
        commitment,
        answers.getFileName().toString(),
        sha256(answers));
  }

  /** The SHA-256 of a file. */
  public static String sha256(Path file) {
    try {
      return ProblemFile.sha256(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** The last line of a run. */
  public String line() {
    Scores.Accuracy accuracy = scores.accuracy();
    Ranked ranking = scores.ranking();
    var line = new StringBuilder("eval");
    if (accuracy != null) {
      add(line, " problems=%d samples=%d", accuracy.problems(), accuracy.samples());
      add(line, " pass1=%.4f low=%.4f", accuracy.pass1().value(), accuracy.pass1().low());
      add(line, " high=%.4f cons=%.4f", accuracy.pass1().high(), accuracy.cons().value());
    }
    if (ranking != null) {
      add(line, " pairs=%d", ranking.pairs());
      if (ranking.tau() != null) {
        add(line, " tau=%.4f", ranking.tau());
      }
    }
    add(line, " cost=%s currency=%s", costs.charged.toPlainString(), costs.currency);
    add(line, " o1_cost=%s", costs.o1.toPlainString());
    add(line, " ratio=%s", costs.ratio == null ? "none" : costs.ratio);
    add(line, " minutes=%.1f", times.minutes);
    return line.toString();
  }

  @SuppressWarnings("AnnotateFormatMethod") // that would be one more library
  private static void add(StringBuilder line, String format, Object... values) {
    line.append(String.format(Locale.ROOT, format, values));
  }
}
