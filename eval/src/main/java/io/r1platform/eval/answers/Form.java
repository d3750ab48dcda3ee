package io.r1platform.eval.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The outer shape of an answer: one formula, a list or set, a pair or interval in its brackets, a
 * matrix, an equation.
 *
 * @param shape brackets and kind; answers of two shapes differ
 * @param parts at least one
 */
record Form(String shape, List<String> parts) {
  private static final String LIST = "list";
  private static final Pattern MATRIX =
      Pattern.compile("\\\\begin\\{([pbv]?matrix|array)}(.*)\\\\end\\{\\1}", Pattern.DOTALL);
  private static final Pattern RELATION =
      Pattern.compile("\\\\(?:leq?|geq?|neq?|lt|gt)(?![a-z])|[=<>≤≥]");

  Form {
    parts = List.copyOf(parts);
  }

  boolean isPlain() {
    return shape.equals(LIST);
  }

  boolean isOrdered() {
    return !isPlain();
  }

  static Form of(String text) {
    Matcher matrix = MATRIX.matcher(text);
    if (matrix.matches()) {
      return matrix(matrix.group(2));
    }
    if (text.startsWith("\\{") && text.endsWith("\\}")) {
      return new Form(LIST, split(text.substring(2, text.length() - 2)));
    }
    int end = text.length() - 1;
    if (end > 0 && "([".indexOf(text.charAt(0)) >= 0 && ")]".indexOf(text.charAt(end)) >= 0) {
      List<String> inside = split(text.substring(1, end));
      if (inside.size() > 1 && closesAtTheEnd(text)) {
        return new Form(text.charAt(0) + "" + text.charAt(end), inside);
      }
    }
    Matcher relation = RELATION.matcher(text);
    if (relation.find()) {
      String sign = relation.group().replaceAll("eq$|e$", "");
      return new Form(
          "relation " + sign,
          List.of(text.substring(0, relation.start()), text.substring(relation.end())));
    }
    List<String> parts = split(text);
    var all = new ArrayList<String>();
    for (String part : parts) {
      if (part.contains("\\pm")) {
        all.add(part.replace("\\pm", "+"));
        all.add(part.replace("\\pm", "-"));
      } else {
        all.add(part);
      }
    }
    return new Form(LIST, all);
  }

  private static Form matrix(String inside) {
    var cells = new ArrayList<String>();
    List<String> rows =
        List.of(inside.strip().replaceAll("\\\\\\\\\\s*$", "").split("\\\\\\\\", -1));
    for (String row : rows) {
      cells.addAll(List.of(row.split("&", -1)));
    }
    return new Form("matrix " + rows.size(), cells);
  }

  /** The bracket at the start is closed by the one at the end, not by an earlier one. */
  private static boolean closesAtTheEnd(String text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      depth += step(text.charAt(i));
      if (depth == 0 && i < text.length() - 1) {
        return false;
      }
    }
    return depth == 0;
  }

  /** At commas, "or", "and" and unions that are inside no bracket. */
  private static List<String> split(String text) {
    String marked =
        text.replaceAll("\\\\cup(?![a-z])|;", ",").replaceAll("(?<![a-z])(?:or|and)(?![a-z])", ",");
    var parts = new ArrayList<String>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < marked.length(); i++) {
      depth += step(marked.charAt(i));
      if (depth == 0 && marked.charAt(i) == ',') {
        parts.add(marked.substring(from, i).strip());
        from = i + 1;
      }
    }
    parts.add(marked.substring(from).strip());
    parts.removeIf(String::isEmpty);
    return parts.isEmpty() ? List.of("") : parts;
  }

  private static int step(char character) {
    return switch (character) {
      case '(', '[', '{' -> 1;
      case ')', ']', '}' -> -1;
      default -> 0;
    };
  }
}
