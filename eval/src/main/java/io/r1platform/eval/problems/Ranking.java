package io.r1platform.eval.problems;

import io.r1platform.eval.problems.Problem.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Gathers what is ranked and which pairs are asked. */
final class Ranking {
  private static final int ITEMS_MAX = 2_000;
  private static final String QUESTION =
      """
      Here are two ideas. Which one is better?

      Idea A: {a}

      Idea B: {b}

      Please reason step by step, and put A or B within \\boxed{}.""";

  private final Random random;
  private final Map<String, Integer> indexes = new LinkedHashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final List<Problem> pairs = new ArrayList<>();
  private final Map<String, Integer> humanRanks = new LinkedHashMap<>();

  Ranking(long seed) {
    this.random = new Random(seed);
  }

  /** {@code {"kind": "pair", "a": …, "b": …}}: asked in this order. */
  void addPair(JsonNode line, int number) {
    int first = index(line.path("a"));
    int second = index(line.path("b"));
    if (first == second) {
      throw new IllegalArgumentException("a and b are the same");
    }
    pairs.add(problem("line" + number, question(line), first, second));
  }

  /**
   * {@code {"kind": "items", "items": […], "pairs": n, "order": […]}}: all pairs, or n of them
   * drawn without repeat. Which of two is shown first is drawn too.
   */
  void addItems(JsonNode line) {
    var own = new ArrayList<Integer>();
    for (JsonNode item : line.path("items")) {
      own.add(index(item));
    }
    if (own.size() < 2 || own.stream().distinct().count() != own.size()) {
      throw new IllegalArgumentException("items must be at least two, and all different");
    }
    var all = new ArrayList<Pair>();
    for (int i = 0; i < own.size(); i++) {
      for (int j = 0; j < i; j++) {
        boolean turned = random.nextBoolean();
        all.add(turned ? new Pair(own.get(i), own.get(j)) : new Pair(own.get(j), own.get(i)));
      }
    }
    Collections.shuffle(all, random);
    int wanted = line.path("pairs").asInt(all.size());
    if (wanted < 1 || wanted > all.size()) {
      throw new IllegalArgumentException("pairs must be 1 to " + all.size());
    }
    String question = question(line);
    int begun = pairs.size();
    for (Pair pair : all.subList(0, wanted)) {
      pairs.add(problem("pair" + ++begun, question, pair.first(), pair.second()));
    }
    if (line.has("order")) {
      addOrder(line.path("order"));
    }
  }

  /** The best first; a list inside is a tie. */
  void addOrder(JsonNode order) {
    int rank = 0;
    for (JsonNode place : order) {
      for (JsonNode item : place.isArray() ? place : List.of(place)) {
        if (humanRanks.put(item.asString(), rank) != null) {
          throw new IllegalArgumentException("order names '" + item.asString() + "' twice");
        }
      }
      rank++;
    }
  }

  void addTo(List<Problem> problems) {
    problems.addAll(pairs);
  }

  /** Null if the file ranks nothing. */
  @Nullable Items items() {
    if (pairs.isEmpty()) {
      return null;
    }
    for (String id : humanRanks.keySet()) {
      if (!indexes.containsKey(id)) {
        throw new IllegalArgumentException("order names '" + id + "', which is no item");
      }
    }
    return new Items(
        List.copyOf(indexes.keySet()), texts, humanRanks.isEmpty() ? null : humanRanks);
  }

  /** A text is its own id. */
  private int index(JsonNode item) {
    String text = item.isObject() ? ProblemFile.text(item, "text", "") : item.asString("");
    String id = item.isObject() ? ProblemFile.text(item, "id", text) : text;
    if (text.isBlank() || id.isBlank()) {
      throw new IllegalArgumentException("an item has no text");
    }
    Integer known = indexes.get(id);
    if (known != null) {
      if (!texts.get(known).equals(text)) {
        throw new IllegalArgumentException("the item '" + id + "' has two texts");
      }
      return known;
    }
    if (indexes.size() >= ITEMS_MAX) {
      throw new IllegalArgumentException("more than " + ITEMS_MAX + " items");
    }
    indexes.put(id, texts.size());
    texts.add(text);
    return texts.size() - 1;
  }

  private static String question(JsonNode line) {
    String question = ProblemFile.text(line, "question", QUESTION);
    if (!question.contains("{a}") || !question.contains("{b}")) {
      throw new IllegalArgumentException("question must have {a} and {b} for the two items");
    }
    return question;
  }

  private Problem problem(String id, String question, int first, int second) {
    String a = texts.get(first);
    String b = texts.get(second);
    int split = question.indexOf("{a}");
    String prompt =
        question.substring(0, split).replace("{b}", b)
            + a
            + question.substring(split + 3).replace("{b}", b);
    return new Problem(
        id, Kind.PAIR, prompt, "", List.of(a, b), "", "", "", null, new Pair(first, second));
  }
}
