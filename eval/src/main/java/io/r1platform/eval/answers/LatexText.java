package io.r1platform.eval.answers;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parts of LaTeX that do not change what an answer says. */
final class LatexText {
  private static final Pattern TEXT =
      Pattern.compile("\\\\(?:text|mbox|mathrm|textbf)\\{([^{}]*)}");
  private static final Pattern THOUSANDS =
      Pattern.compile("(?<![\\d.])\\d{1,3}(?:,\\d{3})+(?!\\d)");
  private static final Pattern SHORT_FRACTION =
      Pattern.compile("\\\\frac(?:(\\d)(\\d)|(\\d)\\{|\\{([^{}]*)}(\\w))");
  private static final Pattern SHORT_ROOT = Pattern.compile("\\\\sqrt\\s*(\\w)");
  private static final Pattern UNIT =
      Pattern.compile("(?<=[\\d}])\\s*\\\\(?:text|mbox|mathrm)\\{[^{}]*}(?:\\^\\{?\\d}?)?$");

  private LatexText() {}

  /** The inside of the last {@code \boxed{…}}, or null. */
  static @Nullable String lastBoxed(String text) {
    int at = Math.max(text.lastIndexOf("\\boxed{"), text.lastIndexOf("\\fbox{"));
    if (at < 0) {
      int plain = text.lastIndexOf("\\boxed ");
      return plain < 0 ? null : text.substring(plain + 7).split("[\\s$]", 2)[0];
    }
    int open = text.indexOf('{', at);
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return text.substring(open + 1, i);
      }
    }
    return null; // cut off
  }

  /** Without dollars, spacing, sizes, units, percent and degree signs; short forms written out. */
  static String normalised(String latex) {
    String text = latex.strip();
    text =
        text.replaceAll("\\\\\\(|\\\\\\)|\\\\\\[|\\\\]", " ").replace("\\$", "").replace("$", "");
    text = text.replaceAll("\\\\(?:left|right|displaystyle)(?![a-z])", "");
    text =
        text.replaceAll("(?<!\\\\)\\\\(?:[,;:! ]|quad|qquad)", " ")
            .replace("~", " ")
            .replace("{,}", ",");
    text =
        text.replaceAll("\\\\[td]frac(?![a-z])", "\\\\frac")
            .replace("\\\\%", "")
            .replace("\\%", "");
    text = text.replace("%", "").replaceAll("\\^\\s*\\{?\\s*\\\\circ\\s*}?", "").replace("°", "");
    text = text.replace("−", "-").replace("×", "*").replace("÷", "/").replace("·", "*");
    text = text.replace("π", "\\pi").replace("√", "\\sqrt");
    text = UNIT.matcher(text.strip()).replaceFirst("");
    text = TEXT.matcher(text).replaceAll("$1");
    text = THOUSANDS.matcher(text).replaceAll(found -> found.group().replace(",", ""));
    text = shortForms(text).strip();
    if (text.endsWith(".") || text.endsWith("。")) {
      text = text.substring(0, text.length() - 1);
    }
    return text.replaceAll("\\s+", " ").strip();
  }

  /** {@code \frac12}, {@code \frac1{2}}, {@code \frac{1}2} and {@code \sqrt2} with all braces. */
  private static String shortForms(String text) {
    Matcher matcher = SHORT_FRACTION.matcher(text);
    String whole =
        matcher.replaceAll(
            found -> {
              String fraction;
              if (found.group(1) != null) {
                fraction = "\\frac{%s}{%s}".formatted(found.group(1), found.group(2));
              } else if (found.group(3) != null) {
                fraction = "\\frac{%s}{".formatted(found.group(3));
              } else {
                fraction = "\\frac{%s}{%s}".formatted(found.group(4), found.group(5));
              }
              return Matcher.quoteReplacement(fraction);
            });
    return SHORT_ROOT.matcher(whole).replaceAll("\\\\sqrt{$1}");
  }
}
