package io.r1platform.eval.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Two decimals compared digit by digit, and whole numbers put in order. */
public final class Comparing {
  private Comparing() {}

  /** The larger of two: both padded to equal length, then compared from the left. */
  public static Worked larger(String a, String b, boolean korean) {
    int whole = Math.max(whole(a).length(), whole(b).length());
    int places = Math.max(places(a).length(), places(b).length());
    String first = padded(a, whole, places);
    String second = padded(b, whole, places);
    var steps = new ArrayList<>(List.of(a + ", " + b, first, second));
    steps.addAll(Columns.pairs(first.replace(".", ""), second.replace(".", ""), "<"));
    String last = steps.getLast();
    char sign = last.charAt(last.length() - 1);
    steps.add(a + " " + sign + " " + b);
    String larger = sign == '>' ? a : b;
    String answer =
        sign == '='
            ? (korean ? "두 수는 같습니다." : "They are equal.")
            : korean ? "더 큰 수는 " + larger + "입니다." : larger + " is larger.";
    return new Worked(steps, answer);
  }

  /** All in order: each is compared from the right end of the sorted ones and put in its place. */
  public static Worked sorted(List<Integer> numbers, boolean down) {
    var steps = new ArrayList<>(List.of(joined(numbers, ", "), numbers.getFirst().toString()));
    var done = new ArrayList<>(List.of(numbers.getFirst()));
    for (int number : numbers.subList(1, numbers.size())) {
      var seen = new ArrayList<String>();
      int at = done.size();
      while (at > 0 && number < done.get(at - 1)) {
        seen.add(number + "<" + done.get(--at));
      }
      if (at > 0) {
        seen.add(number + ">" + done.get(at - 1));
      }
      done.add(at, number);
      steps.add(String.join(" ", seen) + ": " + joined(done, " "));
    }
    return new Worked(steps, joined(down ? done.reversed() : done, ", "));
  }

  /** The largest or the smallest: the best so far beside each further number. */
  public static Worked extreme(List<Integer> numbers, boolean largest) {
    int best = numbers.getFirst();
    var steps = new ArrayList<>(List.of(joined(numbers, ", "), Integer.toString(best)));
    for (int number : numbers.subList(1, numbers.size())) {
      String compared = number + (number < best ? "<" : ">") + best + ": ";
      best = largest ? Math.max(best, number) : Math.min(best, number);
      steps.add(compared + best);
    }
    return new Worked(steps, Integer.toString(best));
  }

  private static String joined(List<Integer> numbers, String between) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(between));
  }

  /** 9.9 as 09.90, for two digits before the point and two after it. */
  private static String padded(String text, int whole, int places) {
    String before = "0".repeat(whole - whole(text).length()) + whole(text);
    String after = places(text) + "0".repeat(places - places(text).length());
    return places > 0 ? before + "." + after : before;
  }

  private static String whole(String text) {
    return text.contains(".") ? text.substring(0, text.indexOf('.')) : text;
  }

  private static String places(String text) {
    return text.contains(".") ? text.substring(text.indexOf('.') + 1) : "";
  }
}
