package io.r1platform.billing.documents;

import io.r1platform.billing.invoices.InvoiceView;
import io.r1platform.billing.invoices.InvoiceView.LineView;
import io.r1platform.billing.invoices.InvoiceView.TaxView;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.HtmlUtils;

/** An invoice as a page. Says nothing that changes: not what is paid, not when it was printed. */
final class InvoiceHtml {
  private static final Pattern NOT_XML =
      Pattern.compile("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

  private static final DateTimeFormatter ENGLISH =
      DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH);
  private static final DateTimeFormatter KOREAN = DateTimeFormatter.ofPattern("uuuu년 M월 d일");
  private static final int MOST_UNBROKEN = 20;
  private static final int PICO_DIGITS = 12;
  private static final int PPM_OF_PERCENT = 4;

  private final InvoiceView invoice;
  private final Language language;
  private final Paper paper;
  private final StringBuilder out = new StringBuilder();

  private InvoiceHtml(InvoiceView invoice, Language language, Paper paper) {
    this.invoice = invoice;
    this.language = language;
    this.paper = paper;
  }

  static String of(InvoiceView invoice, Language language, Paper paper) {
    return new InvoiceHtml(invoice, language, paper).page();
  }

  private String page() {
    out.append("<html lang=\"").append(language.code()).append("\"><head><title>");
    out.append(text(title() + " " + number())).append("</title>");
    out.append("<style>").append(InvoiceStyle.css(paper, pageLabel())).append("</style>");
    out.append("</head><body>");
    banner();
    head();
    parties();
    total();
    lines();
    sums();
    notes();
    return out.append("</body></html>").toString();
  }

  private void banner() {
    if (invoice.number() == null) {
      div("banner", text(word(Word.DRAFT)));
    }
    InvoiceView.Voided voided = invoice.voided();
    if (voided != null) {
      div(
          "banner",
          "%s. %s %s. %s: %s"
              .formatted(
                  text(word(Word.VOID)),
                  text(word(Word.VOIDED)),
                  text(day(voided.at())),
                  text(word(Word.REASON)),
                  text(voided.reason())));
    }
  }

  private void head() {
    out.append("<table class=\"head\"><tr><td class=\"issuer\">");
    out.append(text(invoice.issuer().name())).append("</td><td class=\"title\">");
    out.append(text(title())).append("</td></tr></table>");
    out.append("<table class=\"meta\"><tr>");
    meta(Word.NUMBER, number());
    Instant issued = invoice.issuedAt();
    meta(Word.ISSUED, issued == null ? "–" : day(issued));
    InvoiceView.Reference reference = invoice.reference();
    if (reference == null) {
      LocalDate due = invoice.dueOn();
      meta(Word.DUE, due == null ? "–" : day(due));
    } else {
      meta(Word.REFERENCE, String.valueOf(reference.number()));
    }
    YearMonth month = YearMonth.parse(invoice.month());
    meta(Word.PERIOD, day(month.atDay(1)) + " – " + day(month.atEndOfMonth()));
    out.append("</tr></table>");
  }

  private void meta(Word label, String value) {
    out.append("<td><div class=\"label\">").append(text(word(label))).append("</div>");
    out.append("<div>").append(text(value)).append("</div></td>");
  }

  private void parties() {
    InvoiceView.Party from = invoice.issuer();
    InvoiceView.Customer to = invoice.customer();
    out.append("<table class=\"parties\"><tr>");
    party(Word.BILLED_TO, to.name(), to.address(), to.taxNumber());
    party(Word.FROM, from.name(), from.address(), from.taxNumber());
    out.append("</tr></table>");
  }

  private void party(Word label, String name, List<String> address, @Nullable String taxNumber) {
    out.append("<td><div class=\"label\">").append(text(word(label))).append("</div>");
    div("name", words(name));
    address.forEach(line -> div("address", words(line)));
    if (taxNumber != null) {
      div("address", text(word(Word.TAX_NUMBER) + " " + taxNumber));
    }
    out.append("</td>");
  }

  private void total() {
    boolean note = invoice.isCreditNote();
    String amount = note ? negated(invoice.total()) : invoice.total();
    out.append("<table class=\"due\"><tr><td>");
    out.append(text(word(note ? Word.AMOUNT_CREDITED : Word.AMOUNT_DUE)));
    out.append("</td><td class=\"number\">").append(text(money(amount)));
    out.append("</td></tr></table>");
  }

  /** A group's name is in its first line's cell: a row of its own could be cut off from it. */
  private void lines() {
    out.append("<table class=\"lines\"><thead><tr><th>").append(text(word(Word.ITEM)));
    boolean note = invoice.isCreditNote();
    for (Word column : List.of(Word.TOKENS, Word.UNIT_PRICE, Word.AMOUNT)) {
      out.append("</th><th class=\"number\">");
      out.append(note && column != Word.AMOUNT ? "" : text(word(column)));
    }
    out.append("</th></tr></thead><tbody>");
    String group = "";
    for (LineView line : invoice.lines()) {
      if (line.kind().equals("TAX")) {
        continue;
      }
      String own = String.valueOf(line.projectId());
      out.append("<tr><td>");
      if (!note && !own.equals(group)) {
        group = own;
        div("group", group(line));
      }
      line(line);
    }
    out.append("</tbody></table>");
  }

  /** A project by its name and number; by its number where no name was known. */
  private String group(LineView line) {
    if (line.projectId() == null) {
      return text(word(Word.OTHER));
    }
    String number = text(word(Word.PROJECT) + " " + line.projectId());
    String name = line.projectName();
    return name == null ? number : words(name) + " <span class=\"more\">" + number + "</span>";
  }

  private void line(LineView line) {
    out.append("<div class=\"item\">").append(text(what(line)));
    String more = more(line);
    if (!more.isEmpty()) {
      out.append(" <span class=\"more\">").append(text(more)).append("</span>");
    }
    out.append("</div>");
    String quantity = line.quantity();
    String price = line.unitPrice();
    cell(quantity == null ? "" : grouped(quantity));
    cell(price == null ? "" : grouped(price));
    cell(grouped(line.amount()));
    out.append("</td></tr>");
  }

  private void cell(String value) {
    out.append("</td><td class=\"number\">").append(text(value));
  }

  private String what(LineView line) {
    return switch (line.kind()) {
      case "USAGE" -> line.model() + ", " + tokens(line);
      case "TIER" -> word(Word.TIER) + ": " + line.model() + ", " + tokens(line);
      case "SHORTFALL" -> word(Word.SHORTFALL);
      case "CARRIED" -> word(line.amount().startsWith("-") ? Word.CARRIED_FROM : Word.CARRIED_TO);
      case "CREDIT" -> word("PROMO".equals(line.note()) ? Word.PROMO : Word.PAID);
      default ->
          "%s (%s %s %d)"
              .formatted(line.note(), word(Word.INVOICE), word(Word.LINE), line.referenceLine());
    };
  }

  private String tokens(LineView line) {
    String model = Objects.requireNonNull(line.model()); // it may itself say "reasoning"
    String[] sku = Objects.requireNonNull(line.sku()).substring(model.length() + 1).split("-", -1);
    Word kind = Word.valueOf(sku[0].toUpperCase(Locale.ROOT));
    return word(kind) + (sku.length > 1 ? ", " + word(Word.BATCH) : "");
  }

  /** The price list, its window, and another month than the invoice's. */
  private String more(LineView line) {
    var parts = new ArrayList<String>();
    String version = line.versionId();
    if (version != null) {
      parts.add("#" + version);
    }
    Integer window = line.window();
    if (window != null && window != 0) {
      parts.add(word(Word.WINDOW) + " " + window);
    }
    String month = line.month();
    if (month != null && !month.equals(invoice.month())) {
      parts.add(word(Word.LATE) + " " + month);
    }
    return String.join(" · ", parts);
  }

  private void sums() {
    out.append("<div class=\"sums\"><table>");
    sum(word(Word.SUBTOTAL), invoice.net(), "");
    for (TaxView tax : invoice.taxes()) {
      String rate =
          BigDecimal.valueOf(tax.ratePpm(), PPM_OF_PERCENT).stripTrailingZeros().toPlainString();
      String base = word(Word.OF) + " " + grouped(tax.net());
      sum("%s %s%% (%s)".formatted(tax.label(), rate, base), tax.amount(), "");
    }
    sum(word(Word.TOTAL), invoice.total(), "total");
    out.append("</table></div>");
  }

  private void sum(String label, String amount, String style) {
    out.append("<tr class=\"").append(style).append("\"><td>").append(text(label));
    out.append("</td><td class=\"number\">");
    out.append(text(style.isEmpty() ? grouped(amount) : money(amount))).append("</td></tr>");
  }

  private void notes() {
    out.append("<div class=\"notes\">");
    if (!invoice.isCreditNote() && invoice.number() != null && invoice.voided() == null) {
      div("", text(word(Word.NET_TERMS)));
      List<String> details = invoice.issuer().paymentDetails();
      if (!details.isEmpty()) {
        div("label", text(word(Word.PAYMENT_DETAILS)));
        details.forEach(line -> div("", text(line)));
      }
    }
    String exact =
        new BigDecimal(invoice.netPico())
            .movePointLeft(PICO_DIGITS)
            .stripTrailingZeros()
            .toPlainString();
    div("", words("%s: %s.".formatted(word(Word.ROUNDED), money(exact))));
    var lists = new TreeMap<Integer, String>();
    for (LineView line : invoice.lines()) {
      String version = line.versionId();
      if (version != null) {
        lists.put(Integer.valueOf(version), String.valueOf(line.priceVersion()));
      }
    }
    if (!lists.isEmpty()) {
      div("label", text(word(Word.PRICES)));
      div("", words(word(Word.PRICES_WHY)));
      lists.forEach((version, hash) -> div("hash", text("#" + version + "  " + hash)));
    }
    out.append("</div>");
  }

  private String title() {
    return word(invoice.isCreditNote() ? Word.CREDIT_NOTE : Word.INVOICE);
  }

  private String number() {
    String number = invoice.number();
    return number == null ? "–" : number;
  }

  private String pageLabel() {
    return word(Word.PAGE);
  }

  private String word(Word word) {
    return word.in(language);
  }

  private void div(String style, String html) {
    out.append("<div class=\"").append(style).append("\">").append(html).append("</div>");
  }

  private String day(Instant moment) {
    return day(LocalDate.ofInstant(moment, ZoneOffset.UTC));
  }

  private String day(LocalDate day) {
    return switch (language) {
      case EN -> ENGLISH.format(day);
      case KO -> KOREAN.format(day);
    };
  }

  private String money(String amount) {
    return invoice.currency() + " " + grouped(amount);
  }

  private static String negated(String amount) {
    return new BigDecimal(amount).negate().toPlainString();
  }

  /** Thousands apart; the fraction as it is. */
  static String grouped(String number) {
    boolean negative = number.startsWith("-");
    String plain = negative ? number.substring(1) : number;
    int point = plain.indexOf('.');
    String whole = point < 0 ? plain : plain.substring(0, point);
    String fraction = point < 0 ? "" : plain.substring(point);
    var digits = new StringBuilder(whole);
    for (int i = whole.length() - 3; i > 0; i -= 3) {
      digits.insert(i, ',');
    }
    return (negative ? "\u2212" : "") + digits + fraction;
  }

  /** Lines are broken between words, in Korean too, where the library would break within them. */
  private static String words(String raw) {
    var html = new StringBuilder();
    for (String word : raw.split(" ", -1)) {
      html.append(html.isEmpty() ? "" : " ");
      boolean whole = word.length() <= MOST_UNBROKEN;
      html.append(whole ? "<span class=\"word\">" + text(word) + "</span>" : text(word));
    }
    return html.toString();
  }

  /** What XML has no place for, as some programs paste it, is a blank. */
  private static String text(String raw) {
    return HtmlUtils.htmlEscape(NOT_XML.matcher(raw).replaceAll(" "), "UTF-8");
  }
}
