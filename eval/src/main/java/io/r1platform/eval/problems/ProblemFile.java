package io.r1platform.eval.problems;

import io.r1platform.eval.answers.Answers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads problems from JSON Lines; docs/evaluation.md has the fields. */
public final class ProblemFile {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long BYTES_MAX = 256L << 20;
  private static final String MATH_INSTRUCTION =
      "Please reason step by step, and put your final answer within \\boxed{}.";
  private static final String CHOICE_INSTRUCTION =
      "Please reason step by step, and put the letter of your choice within \\boxed{}.";

  /** How a file is read. */
  public record Reading(boolean plain, int siblings, long seed) {}

  private final Reading reading;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final Ranking ranking;

  private ProblemFile(Reading reading) {
    this.reading = reading;
    this.ranking = new Ranking(reading.seed());
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with the number of the line that is wrong
   */
  public static ProblemSet read(Path file, Reading reading) {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new IllegalArgumentException(file + " has more than 256 MiB");
      }
      byte[] bytes = Files.readAllBytes(file);
      return parse(file.toString(), bytes, reading);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** The same of bytes; {@code name} is for messages. */
  public static ProblemSet parse(String name, byte[] bytes, Reading reading) {
    var file = new ProblemFile(reading);
    List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        try {
          file.add(JSON.readTree(lines.get(i)), i + 1);
        } catch (JacksonException e) {
          throw wrong(name, i, "not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
          throw wrong(name, i, e.getMessage(), e);
        }
      }
    }
    file.ranking.addTo(file.problems);
    if (file.problems.isEmpty()) {
      throw new IllegalArgumentException(name + " has no problem");
    }
    return new ProblemSet(file.problems, file.ranking.items(), sha256(bytes));
  }

  /** The SHA-256, as hexadecimal digits. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private static IllegalArgumentException wrong(
      String name, int line, @Nullable String why, Exception cause) {
    return new IllegalArgumentException(name + " line " + (line + 1) + ": " + why, cause);
  }

  private void add(JsonNode line, int number) {
    if (!line.isObject()) {
      throw new IllegalArgumentException("not an object");
    }
    String kind = text(line, "kind", "math").toLowerCase(Locale.ROOT);
    switch (kind) {
      case "math", "choice", "exact" -> addProblem(line, number, kind);
      case "pair" -> ranking.addPair(line, number);
      case "items" -> ranking.addItems(line);
      case "order" -> ranking.addOrder(line.path("order"));
      default ->
          throw new IllegalArgumentException(
              "kind is '" + kind + "', not math, choice, exact, pair, items or order");
    }
  }

  private void addProblem(JsonNode line, int number, String kind) {
    String id = text(line, "id", text(line, "unique_id", "p" + number));
    if (!ids.add(id)) {
      throw new IllegalArgumentException("the id '" + id + "' comes twice");
    }
    String question = text(line, "problem", text(line, "question", ""));
    if (question.isBlank()) {
      throw new IllegalArgumentException("problem is missing");
    }
    boolean plain = reading.plain() || line.path("plain").asBoolean(false);
    List<String> choices = texts(line.path("choices"));
    var problem =
        new Problem(
            id,
            Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
            prompt(kind, question, choices, plain),
            expected(line, kind, choices),
            kind.equals("exact") ? accepted(line) : choices,
            text(line, "family", text(line, "subject", text(line, "type", ""))),
            text(line, "level", ""),
            text(line, "language", ""),
            null,
            null);
    problems.add(problem);
    if (reading.siblings() > 0) {
      problems.addAll(
          Siblings.of(
              problem, question, line.path("template"), reading.siblings(), reading.seed()));
    }
  }

  private static String prompt(String kind, String question, List<String> choices, boolean plain) {
    if (kind.equals("choice")) {
      String lettered =
          IntStream.range(0, choices.size())
              .mapToObj(i -> "\n" + (char) ('A' + i) + ") " + choices.get(i))
              .reduce("", String::concat);
      return plain ? question : question + "\n" + lettered + "\n\n" + CHOICE_INSTRUCTION;
    }
    return plain || kind.equals("exact") ? question : question + "\n\n" + MATH_INSTRUCTION;
  }

  private static String expected(JsonNode line, String kind, List<String> choices) {
    String answer = text(line, "answer", "");
    if (kind.equals("choice")) {
      return chosen(line.path("answer"), answer, choices);
    }
    if (answer.isBlank()) {
      String found = Answers.find(text(line, "solution", ""));
      answer = found == null ? "" : found;
    }
    if (answer.isBlank()) {
      throw new IllegalArgumentException("answer is missing, and solution has no \\boxed{}");
    }
    return answer;
  }

  /** By index, by letter or by its text. */
  private static String chosen(JsonNode node, String answer, List<String> choices) {
    if (choices.size() < 2 || choices.size() > 26) {
      throw new IllegalArgumentException("choices must be 2 to 26 texts");
    }
    if (new HashSet<>(choices).size() < choices.size()) {
      throw new IllegalArgumentException("two choices are the same");
    }
    int index = node.isInt() ? node.asInt() : choices.indexOf(answer);
    if (index < 0 && answer.matches("[A-Za-z]")) {
      index = answer.toUpperCase(Locale.ROOT).charAt(0) - 'A';
    }
    if (index < 0 || index >= choices.size()) {
      throw new IllegalArgumentException("answer names no choice");
    }
    return choices.get(index);
  }

  private static List<String> accepted(JsonNode line) {
    var all = new ArrayList<>(texts(line.path("accept")));
    all.addFirst(text(line, "answer", ""));
    return all;
  }

  static String text(JsonNode line, String field, String otherwise) {
    JsonNode node = line.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return otherwise;
    }
    if (!node.isString() && !node.isNumber() && !node.isBoolean()) {
      throw new IllegalArgumentException(field + " must be a text");
    }
    return node.asString();
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    for (JsonNode item : array) {
      texts.add(item.asString());
    }
    return texts;
  }
}
