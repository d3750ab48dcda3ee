package io.r1platform.eval.cards;

import static io.r1platform.eval.cards.HtmlCard.number;
import static io.r1platform.eval.cards.HtmlCard.percent;
import static io.r1platform.eval.cards.HtmlCard.range;
import static io.r1platform.eval.cards.HtmlCard.text;
import static io.r1platform.eval.cards.HtmlCard.whisker;

import io.r1platform.eval.statistics.Interval;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The bars as one page that needs nothing else. */
public final class BarsPage {
  private final Bars bars;
  private final StringBuilder page = new StringBuilder();

  private BarsPage(Bars bars) {
    this.bars = bars;
  }

  /** The page. */
  public static String of(Bars bars) {
    var html = new BarsPage(bars);
    html.body();
    return HtmlCard.page("Bars of r1-nano: " + bars.model(), html.page);
  }

  private void body() {
    add("<header><p class=\"kicker\">R1 Platform · r1-nano's bars</p><h1>%s</h1>", bars.model());
    if (!bars.complete()) {
      add("<p class=\"warning\">Not complete: only part of the answers is there.</p>");
    }
    add("</header><section><h2>Right answers</h2><div class=\"scroll\"><table>");
    add("<thead><tr><th>Family</th><th class=\"n\">Answers</th><th class=\"n\">Questions</th>");
    add("<th class=\"n\">Bar</th><th class=\"n\">Right</th><th class=\"bar\">95 % interval</th>");
    add("<th class=\"n\">English</th><th class=\"n\">Korean</th><th>Bar met</th>");
    add("<th>Korean met</th></tr></thead><tbody>");
    bars.families().forEach(this::accuracy);
    add("</tbody></table></div>");
    add("<p class=\"note\">A bar is met by the share itself. Korean is met at most two points");
    add("below English. Where there are fewer questions than answers, the interval tells how");
    add("well these questions are known, not how the family generalises.</p></section>");
    add("<section><h2>Steps and form</h2><div class=\"scroll\"><table><thead><tr>");
    add("<th>Family</th><th class=\"n\">Checked</th><th class=\"n\">Valid</th>");
    add("<th class=\"bar\">95 % interval</th><th>98 % met</th><th class=\"n\">Formed</th>");
    add("<th class=\"n\">Median tokens</th><th>What was wrong first</th></tr></thead><tbody>");
    bars.families().forEach(this::steps);
    add("</tbody></table></div><p class=\"note\">Of right answers the written steps were executed");
    add("again; every line must be what r1-nano was taught to write there. Another model that");
    add("writes other steps is not wrong by that. Formed: reasoning closed, answered, ended by");
    add("itself.</p></section><section><h2>Details</h2><table><tbody>");
    row("Charged by the platform, exactly", bars.charged().toPlainString() + " " + currency());
    row("Time", number("%.1f minutes", bars.minutes()));
    row("Asked at", bars.baseUrl());
    row("Made", HtmlCard.at(bars.createdAt()));
    add("</tbody></table></section>");
  }

  private String currency() {
    return bars.currency();
  }

  private void accuracy(Measured family) {
    Double least = family.bar();
    add("<tr><td>%s</td>", Bar.of(family.name()).title());
    count(family.answers());
    count(family.distinct());
    add("<td class=\"n\">%s</td>", least == null ? "–" : "≥ " + percent(least));
    interval(family.accuracy());
    add("<td class=\"n\">%s</td>", percent(family.english().value()));
    add("<td class=\"n\">%s</td>", percent(family.korean().value()));
    add("<td>%s</td>", yes(family.met()));
    add("<td>%s</td></tr>", yes(family.koreanMet()));
  }

  private void steps(Measured family) {
    add("<tr><td>%s</td>", Bar.of(family.name()).title());
    count(family.checked());
    interval(family.steps());
    add("<td>%s</td>", yes(family.stepsMet()));
    add("<td class=\"n\">%s</td>", number("%,d of %,d", family.formed(), family.answers()));
    count(family.medianTokens());
    String first =
        family.faulty().isEmpty() ? "" : String.join("; ", family.faulty().getFirst().faults());
    add("<td>%s</td></tr>", first);
  }

  private void interval(Interval interval) {
    add("<td class=\"n\" title=\"%s\">%s</td>", range(interval), percent(interval.value()));
    page.append("<td class=\"bar\">").append(whisker(interval)).append("</td>\n");
  }

  private void count(long count) {
    add("<td class=\"n\">%s</td>", number("%,d", count));
  }

  private void row(String name, String value) {
    add("<tr><th>%s</th><td>%s</td></tr>", name, value);
  }

  private static String yes(@Nullable Boolean met) {
    return met == null ? "–" : Objects.equals(met, true) ? "yes" : "no";
  }

  /** Markup with texts in it, each of which is shown as text; a percent sign is one. */
  private void add(String markup, String... texts) {
    String[] parts = markup.split("%s", -1);
    page.append(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      page.append(text(texts[i - 1])).append(parts[i]);
    }
    page.append('\n');
  }
}
