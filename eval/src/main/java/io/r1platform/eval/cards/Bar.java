package io.r1platform.eval.cards;

import io.r1platform.eval.sets.Recipe;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is measured of r1-nano by itself, and how much of it must be right. */
public enum Bar {
  /** To 2, 3, 4 and 5 digits. */
  ADDITION("+ to 5 digits", "addition", 0.99, "1234"),
  /** To 2, 3, 4 and 5 digits. */
  SUBTRACTION("− to 5 digits", "subtraction", 0.99, "1234"),
  /** Two digits by two. */
  PRODUCTS_2X2("× 2×2 digits", "multiplication", 0.95, "3"),
  /** Three digits by two. */
  PRODUCTS_3X2("× 3×2 digits", "multiplication", 0.85, "4"),
  /** Three digits by one. */
  QUOTIENTS_3X1("÷ 3 by 1 digit", "division", 0.95, "3"),
  /** Which of two is larger. */
  DECIMALS("decimals", "decimals", 0.99, "1234"),
  /** How often a letter is in a word. */
  LETTERS("letters", "letters", 0.97, "1234"),
  /** Weekdays alone, which is what the generator asks; levels 3 and 4 are as level 2. */
  DATES("dates: weekdays", "dates", 0.90, "1234"),
  /** Of one and of two operations. */
  STORIES("word problems", "stories", 0.90, "1234"),
  /** Below 200. */
  PRIMES("primes below 200", "integers", 0.95, "34"),
  /** Two and three digits by one: no bar. */
  PRODUCTS_BY_DIGIT("× by one digit", "multiplication", null, "12"),
  /** Two digits by one, and four: no bar. */
  OTHER_QUOTIENTS("÷ 2 and 4 by 1 digit", "division", null, "124"),
  /** Even or odd, divisible or not: no bar. */
  DIVISIBILITY("parity, divisibility", "integers", null, "12"),
  /** Two operations: no bar. */
  MIXED("two operations", "mixed", null, "1234"),
  /** Whole numbers in order: no bar. */
  ORDERING("ordering", "ordering", null, "1234"),
  /** Who is tallest, what is true: no bar. */
  LOGIC("logic", "logic", null, "1234");

  private static final List<String> LANGUAGES = List.of("en", "ko");

  private final String title;
  private final String family;
  private final @Nullable Double least;
  private final String levels; // a digit each

  Bar(String title, String family, @Nullable Double least, String levels) {
    this.title = title;
    this.family = family;
    this.least = least;
    this.levels = levels;
  }

  /** Its name on the command line and of its directory. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** For people. */
  public String title() {
    return title;
  }

  /** The share that must be right, 0 to 1; null = it is only measured. */
  public @Nullable Double least() {
    return least;
  }

  /** About {@code count} problems, as many of each level and language. */
  public Recipe recipe(int count) {
    List<Integer> asked = levels.chars().mapToObj(digit -> digit - '0').toList();
    int each = Math.ceilDiv(count, asked.size() * LANGUAGES.size());
    return new Recipe(Recipe.GENERATOR, List.of(family), asked, LANGUAGES, each);
  }

  /** The one of that name. */
  public static Bar of(String word) {
    return Arrays.stream(values())
        .filter(bar -> bar.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no '" + word + "' to measure; there are " + words()));
  }

  /** All names. */
  public static String words() {
    return Arrays.stream(values()).map(Bar::word).collect(Collectors.joining(", "));
  }
}
