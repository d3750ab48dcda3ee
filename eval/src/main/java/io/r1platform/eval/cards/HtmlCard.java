package io.r1platform.eval.cards;

import io.r1platform.eval.cards.Scores.Accuracy;
import io.r1platform.eval.cards.Scores.Group;
import io.r1platform.eval.cards.Scores.LengthBin;
import io.r1platform.eval.runs.Quote;
import io.r1platform.eval.runs.Settings;
import io.r1platform.eval.statistics.Interval;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A card as one page that needs nothing else: no script, no font, no picture from anywhere. */
public final class HtmlCard {
  private static final int ITEMS_SHOWN = 100;
  private static final int ROWS_SHOWN = 200;

  private final Card card;
  private final Scores scores;
  private final StringBuilder page = new StringBuilder();

  private HtmlCard(Card card) {
    this.card = card;
    this.scores = card.scores();
  }

  /** The page. */
  public static String of(Card card) {
    var html = new HtmlCard(card);
    html.body();
    String title = "Evaluation of " + card.plan().settings().model();
    return page(title, html.page);
  }

  /** A whole page around what {@code <main>} holds. */
  static String page(String title, CharSequence main) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'">
    <title>%s</title>
    <style>
    %s</style>
    </head>
    <body>
    <main>
    %s</main>
    </body>
    </html>
    """
        .formatted(text(title), style(), main);
  }

  private void body() {
    Settings settings = card.plan().settings();
    line("<header><p class=\"kicker\">R1 Platform · evaluation card</p>");
    line("<h1>%s <small>on %s</small></h1>", text(settings.model()), text(card.plan().file()));
    if (!card.complete()) {
      line("<p class=\"warning\">Not complete: only part of the answers is there.</p>");
    }
    line("</header>");
    tiles();
    money();
    groups();
    lengths();
    ranking();
    contamination();
    commitment();
    details(settings);
  }

  private void tiles() {
    line("<section class=\"tiles\">");
    Accuracy accuracy = scores.accuracy();
    if (accuracy != null) {
      tile("pass@1", percent(accuracy.pass1().value()), range(accuracy.pass1()));
      if (card.plan().settings().samples() > 1) {
        tile(
            "cons@" + card.plan().settings().samples(),
            percent(accuracy.cons().value()),
            range(accuracy.cons()));
      }
    }
    Ranked ranking = scores.ranking();
    if (ranking != null) {
      tile(
          "Kendall's τ-b",
          ranking.tau() == null ? "–" : number("%.3f", ranking.tau()),
          ranking.tauLow() == null || ranking.tauHigh() == null
              ? ranking.pairs() + " pairs"
              : number("%.3f to %.3f", ranking.tauLow(), ranking.tauHigh()));
    }
    Double ratio = card.costs().ratio();
    tile("Charged", money(card.costs().charged()), card.costs().currency());
    tile(
        "The same tokens on o1",
        money(card.costs().o1()),
        ratio == null ? "USD" : number("USD, %.1f times as much", ratio));
    tile(
        "Time",
        number("%.1f min", card.times().minutes()),
        number("median answer %.1f s", card.times().medianSeconds()));
    line("</section>");
  }

  private void tile(String name, String value, String below) {
    line(
        "<div class=\"tile\"><span>%s</span><strong>%s</strong><em>%s</em></div>",
        text(name), text(value), text(below));
  }

  private void money() {
    Quote quote = card.plan().quote();
    Tokens tokens = scores.tokens();
    line("<section><h2>Cost</h2><table><tbody>");
    if (quote != null) {
      String expected = quote.expected() == null ? "not known" : quote.expected().toPlainString();
      row(
          "Quoted before the run",
          "at least %s, expected %s, at most %s %s"
              .formatted(
                  quote.minimum().toPlainString(),
                  expected,
                  quote.maximum().toPlainString(),
                  quote.currency()));
    }
    row(
        "Charged by the platform, exactly",
        card.costs().charged().toPlainString() + " " + card.costs().currency());
    O1Prices prices = card.costs().o1Prices();
    row(
        "The same tokens on OpenAI o1",
        "%s USD, at %s / %s cached / %s USD per million (%s)"
            .formatted(
                card.costs().o1().toPlainString(),
                prices.input(),
                prices.cached(),
                prices.output(),
                prices.source()));
    row(
        "Tokens",
        number(
            "%,d prompt (%,d cached), %,d reasoning, %,d answer",
            tokens.prompt(), tokens.cached(), tokens.reasoning(), tokens.answer()));
    line("</tbody></table>");
    line(
        "<p class=\"note\">o1 would need another number of tokens for the same questions; what is"
            + " compared is the price of these tokens.</p></section>");
  }

  private void groups() {
    if (scores.groups().isEmpty()) {
      return;
    }
    line("<section><h2>By part</h2><div class=\"scroll\"><table>");
    line("<thead><tr><th>Part</th><th class=\"n\">Problems</th><th class=\"n\">pass@1</th>");
    line("<th class=\"bar\">95 %% interval</th><th class=\"n\">cons</th>");
    line("<th class=\"n\">Median reasoning</th></tr></thead><tbody>");
    String by = "";
    for (Group group : scores.groups().stream().limit(ROWS_SHOWN).toList()) {
      if (!group.by().equals(by)) {
        by = group.by();
        line("<tr class=\"by\"><th colspan=\"6\">%s</th></tr>", text(by));
      }
      line("<tr><td>%s</td><td class=\"n\">%,d</td>", text(group.name()), group.problems());
      line("<td class=\"n\">%s</td>", percent(group.pass1().value()));
      line("<td class=\"bar\">%s</td>", whisker(group.pass1()));
      line("<td class=\"n\">%s</td>", percent(group.cons().value()));
      line("<td class=\"n\">%,d</td></tr>", group.medianReasoning());
    }
    line("</tbody></table></div></section>");
  }

  private void lengths() {
    List<LengthBin> bins = scores.lengths();
    if (bins.size() < 2) {
      return;
    }
    line("<section><h2>Accuracy by length of the reasoning</h2>");
    line("<table><thead><tr><th>Reasoning tokens</th><th class=\"n\">Answers</th>");
    line("<th class=\"n\">Right</th><th class=\"bar\">95 %% interval</th></tr></thead><tbody>");
    for (LengthBin bin : bins) {
      line("<tr><td>%,d to %,d</td><td class=\"n\">%,d</td>", bin.from(), bin.to(), bin.samples());
      line("<td class=\"n\">%s</td>", percent(bin.accuracy().value()));
      line("<td class=\"bar\">%s</td></tr>", whisker(bin.accuracy()));
    }
    line("</tbody></table><p class=\"note\">Parts of equal size. Harder problems take longer");
    line(
        "reasoning, so a fall to the right does not say that longer reasoning hurts.</p></section>");
  }

  private void ranking() {
    Ranked ranking = scores.ranking();
    if (ranking == null) {
      return;
    }
    line("<section><h2>Ranking</h2>");
    line(
        "<p>%,d comparisons, %,d ties, %,d not readable. What was shown first won %s (%s).</p>",
        ranking.pairs(),
        ranking.ties(),
        ranking.unread(),
        percent(ranking.firstWins().value()),
        range(ranking.firstWins()));
    if (!ranking.converged()) {
      line(
          "<p class=\"warning\">The fit did not come to rest in %,d steps.</p>",
          ranking.iterations());
    }
    if (ranking.regularised()) {
      line("<p class=\"note\">Some items won or lost everything, so each also met an imaginary");
      line("average one with a tenth of a win and of a loss.</p>");
    }
    double most =
        ranking.items().stream().mapToDouble(item -> Math.abs(item.strength())).max().orElse(1);
    line(
        "<table><thead><tr><th class=\"n\">Place</th><th>Item</th><th class=\"bar\">Strength</th>");
    line("<th class=\"n\">Wins</th><th class=\"n\">People's place</th></tr></thead><tbody>");
    int place = 1;
    for (Ranked.Item item : ranking.items().stream().limit(ITEMS_SHOWN).toList()) {
      line("<tr><td class=\"n\">%d</td><td>%s</td>", place++, text(item.id()));
      line("<td class=\"bar\">%s</td>", strength(item.strength(), most));
      line("<td class=\"n\">%.1f of %d</td>", item.wins(), item.comparisons());
      Integer human = item.humanRank();
      line("<td class=\"n\">%s</td></tr>", human == null ? "–" : Integer.toString(human + 1));
    }
    line("</tbody></table>");
    if (ranking.items().size() > ITEMS_SHOWN) {
      line("<p class=\"note\">The first %d; card.json has all.</p>", ITEMS_SHOWN);
    }
    line("</section>");
  }

  private void contamination() {
    Contamination report = scores.contamination();
    if (report == null) {
      return;
    }
    line("<section><h2>Contamination</h2><table><tbody>");
    row(
        "%,d problems as they stand".formatted(report.templates()),
        percent(report.own().value()) + " (" + range(report.own()) + ")");
    row(
        "%,d siblings with other numbers".formatted(report.siblings()),
        percent(report.others().value()) + " (" + range(report.others()) + ")");
    Interval difference = report.difference();
    row(
        "Difference",
        number(
            "%+.1f points (%+.1f to %+.1f)",
            100 * difference.value(), 100 * difference.low(), 100 * difference.high()));
    line("</tbody></table><p class=\"note\">%s</p></section>", text(Contamination.MEANING));
  }

  private void commitment() {
    var commitment = card.commitment();
    if (commitment == null) {
      return;
    }
    line("<section><h2>Commitment</h2><table><tbody>");
    row("Before the run", commitment.commitment());
    row("Made", at(commitment.createdAt()));
    row("Seed", Objects.requireNonNullElse(commitment.seed(), "not revealed yet"));
    line(
        "</tbody></table><p class=\"note\">The set follows from the seed, and the seed was fixed by");
    line("the commitment: <code>./r1 eval check</code> makes it again and compares. That it was");
    line("fixed before the run, others know only if they had the commitment before.</p></section>");
  }

  private void details(Settings settings) {
    line("<section><h2>Details</h2><table><tbody>");
    Accuracy accuracy = scores.accuracy();
    if (accuracy != null) {
      row(
          "Problems and answers",
          number("%,d problems, %,d answers", accuracy.problems(), accuracy.samples()));
      row(
          "Of these",
          number(
              "%,d not readable, %,d cut at the limit, %,d failed, %,d undecided by the algebra;"
                  + " all count as wrong",
              accuracy.unread(), accuracy.cut(), accuracy.failed(), accuracy.undecided()));
      row("Interval of pass@1", accuracy.method() + ", 95 %");
    }
    String sampling =
        "temperature %s, top-p %s, max_tokens %s, seed %d"
            .formatted(
                orDefault(settings.temperature()),
                orDefault(settings.topP()),
                orDefault(settings.maxTokens()),
                settings.seed());
    row("Sampling", sampling);
    row("Asked at", card.plan().baseUrl());
    row("From", at(card.plan().createdAt()) + " to " + at(card.createdAt()));
    row("SHA-256 of the problems", card.plan().fileSha256());
    row("SHA-256 of the answers", card.answersSha256());
    line("</tbody></table></section>");
  }

  private void row(String name, String value) {
    line("<tr><th>%s</th><td>%s</td></tr>", text(name), text(value));
  }

  /** A bar of [0, 1] with the interval and the value. */
  static String whisker(Interval interval) {
    double low = 100 * interval.low();
    double width = Math.max(0.5, 100 * interval.high() - low);
    return number(
        "<svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s\">"
            + "<rect class=\"track\" width=\"100\" height=\"8\"/>"
            + "<rect class=\"range\" x=\"%.2f\" y=\"1\" width=\"%.2f\" height=\"6\"/>"
            + "<rect class=\"value\" x=\"%.2f\" width=\"0.8\" height=\"8\"/></svg>",
        text(range(interval)), low, width, Math.min(99.2, 100 * interval.value()));
  }

  private static String strength(double strength, double most) {
    double width = most == 0 ? 0 : 48 * Math.abs(strength) / most;
    return number(
        "<svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%.2f\">"
            + "<rect class=\"track\" width=\"100\" height=\"8\"/>"
            + "<rect class=\"%s\" x=\"%.2f\" y=\"1\" width=\"%.2f\" height=\"6\"/>"
            + "<rect class=\"value\" x=\"49.8\" width=\"0.4\" height=\"8\"/></svg>",
        strength, strength < 0 ? "weak" : "range", strength < 0 ? 50 - width : 50, width);
  }

  private static String orDefault(@Nullable Object value) {
    return value == null ? "the platform's" : value.toString();
  }

  static String at(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static String percent(double share) {
    return number("%.1f %%", 100 * share);
  }

  static String range(Interval interval) {
    return number("%.1f to %.1f %%", 100 * interval.low(), 100 * interval.high());
  }

  /** Four digits that count. */
  static String money(BigDecimal amount) {
    return amount.round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  @SuppressWarnings("AnnotateFormatMethod") // that would be one more library
  static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  @SuppressWarnings("AnnotateFormatMethod") // that would be one more library
  private void line(String format, Object... values) {
    page.append(number(format, values)).append('\n');
  }

  /** What a model or a file says is text here, never markup. */
  static String text(String raw) {
    return raw.codePoints()
        .mapToObj(
            point ->
                switch (point) {
                  case '&' -> "&amp;";
                  case '<' -> "&lt;";
                  case '>' -> "&gt;";
                  case '"' -> "&quot;";
                  case '\'' -> "&#39;";
                  default -> Character.toString(point);
                })
        .collect(Collectors.joining());
  }

  private static String style() {
    try (InputStream in = HtmlCard.class.getResourceAsStream("card.css")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
