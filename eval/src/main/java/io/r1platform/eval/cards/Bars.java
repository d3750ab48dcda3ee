package io.r1platform.eval.cards;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.r1platform.eval.statistics.Interval;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * How a model stands against r1-nano's bars; docs/evaluation.md describes each member.
 *
 * @param schema {@code r1-bars-card/1}
 * @param complete whether every answer is there
 * @param createdAt when the card was made
 * @param model its name in requests
 * @param baseUrl where it was asked
 * @param charged the exact sum of what the platform charged
 * @param currency such as USD
 * @param minutes at work, all starts together
 * @param families one for each that was measured
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Bars(
    String schema,
    boolean complete,
    Instant createdAt,
    String model,
    String baseUrl,
    BigDecimal charged,
    String currency,
    double minutes,
    List<Measured> families) {
  /** The one that this program writes. */
  public static final String SCHEMA = "r1-bars-card/1";

  /** The share of sampled right answers whose steps must be valid. */
  static final double VALID = 0.98;

  /** How many points Korean may be below English. */
  static final int POINTS_BELOW = 2;

  private static final double SECONDS_A_MINUTE = 60;

  /** Takes copies. */
  public Bars {
    families = List.copyOf(families);
  }

  /** The card of what was measured. */
  public static Bars of(
      boolean complete,
      Instant now,
      String model,
      String baseUrl,
      Duration worked,
      List<Measured> families) {
    BigDecimal charged =
        families.stream().map(Measured::cost).reduce(BigDecimal.ZERO, BigDecimal::add);
    String currency =
        families.stream()
            .map(Measured::currency)
            .filter(each -> !each.isEmpty())
            .findFirst()
            .orElse("USD");
    return new Bars(
        SCHEMA,
        complete,
        now,
        model,
        baseUrl,
        charged.stripTrailingZeros(),
        currency,
        worked.toSeconds() / SECONDS_A_MINUTE,
        families);
  }

  /** The last line of a run. */
  public String line() {
    int checked = families.stream().mapToInt(Measured::checked).sum();
    double valid = families.stream().mapToInt(Measured::valid).sum();
    int answers = families.stream().mapToInt(Measured::answers).sum();
    double formed = families.stream().mapToInt(Measured::formed).sum();
    return String.format(
        Locale.ROOT,
        "nano model=%s families=%d bars=%d bars_met=%d korean_met=%d steps_met=%d answers=%d"
            + " checked=%d valid=%.4f formed=%.4f%s cost=%s currency=%s minutes=%.1f",
        model,
        families.size(),
        count(family -> family.met() != null),
        count(family -> Objects.equals(family.met(), true)),
        count(Measured::koreanMet),
        count(Measured::stepsMet),
        answers,
        checked,
        checked == 0 ? 0 : valid / checked,
        answers == 0 ? 0 : formed / answers,
        families.stream().allMatch(family -> family.above() == null)
            ? ""
            : " above=" + count(family -> Objects.equals(family.above(), true)),
        charged.toPlainString(),
        currency,
        minutes);
  }

  /** One line for each family, for people. */
  public List<String> table() {
    return families.stream().map(Bars::row).toList();
  }

  private static String row(Measured family) {
    return String.format(
        Locale.ROOT,
        "%-18s %-9s right %5.1f %% (%.1f to %.1f), en %5.1f, ko %5.1f, steps %5.1f %% of %d,"
            + " formed %5.1f %%, median %d tokens",
        family.name(),
        family.bar() == null ? "no bar" : (Objects.equals(family.met(), true) ? "met" : "NOT MET"),
        100 * family.accuracy().value(),
        100 * family.accuracy().low(),
        100 * family.accuracy().high(),
        100 * family.english().value(),
        100 * family.korean().value(),
        100 * family.steps().value(),
        family.checked(),
        100 * Interval.wilson(family.formed(), family.answers()).value(),
        family.medianTokens());
  }

  private int count(Predicate<Measured> wanted) {
    return (int) families.stream().filter(wanted).count();
  }
}
