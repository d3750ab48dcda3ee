package io.r1platform.eval.sets;

import io.r1platform.eval.runs.Json;
import io.r1platform.eval.steps.Worked;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a set is made, but for its seed.
 *
 * @param generator the version of the generators; another version makes other problems
 * @param families their words
 * @param levels 1 to 4
 * @param languages {@code en}, {@code ko}
 * @param count problems for each family, level and language
 */
public record Recipe(
    int generator, List<String> families, List<Integer> levels, List<String> languages, int count) {
  /** That of this program. */
  public static final int GENERATOR = 1;

  private static final int COUNT_MAX = 10_000;
  private static final int REPEATS_MAX = 2_000; // of problems that are there already, in a row
  private static final int TRIES_MAX = 100_000;

  /** A problem of the set; {@code number} counts from 1 in its family, level and language. */
  private record Made(Family family, int level, String language, int number, Drawn drawn) {
    String id() {
      return "%s-%d-%s-%d".formatted(family.word(), level, language, number);
    }

    String line() {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("id", id());
      line.put("kind", drawn.kind());
      line.put("problem", drawn.question());
      line.put("answer", drawn.answer());
      if (!drawn.alternatives().isEmpty()) {
        line.put(drawn.kind().equals("choice") ? "choices" : "accept", drawn.alternatives());
      }
      line.put("family", family.word());
      line.put("level", Integer.toString(level));
      line.put("language", language);
      line.put("plain", true);
      return Json.MAPPER.writeValueAsString(line);
    }
  }

  /** Checks everything, so that nothing is committed to that cannot be made. */
  public Recipe {
    families = List.copyOf(families);
    levels = List.copyOf(levels);
    languages = List.copyOf(languages);
    rule(!families.isEmpty() && isSet(families), "families: at least one, each once");
    families.forEach(Family::of);
    rule(!levels.isEmpty() && isSet(levels), "levels: at least one, each once");
    rule(levels.stream().allMatch(level -> level >= 1 && level <= 4), "a level is 1 to 4");
    rule(!languages.isEmpty() && isSet(languages), "languages: at least one, each once");
    rule(languages.stream().allMatch(Set.of("en", "ko")::contains), "a language is en or ko");
    rule(count >= 1 && count <= COUNT_MAX, "count is 1 to " + COUNT_MAX);
  }

  /** SHA-256 over this and the seed: it fixes the set and tells nothing of it. */
  public String commitment(String seed) {
    String text =
        "r1-eval-set\n%d\n%s\n%s\n%s\n%d\n%s\n"
            .formatted(
                generator,
                String.join(",", families),
                levels.stream().map(String::valueOf).collect(Collectors.joining(",")),
                String.join(",", languages),
                count,
                seed);
    return HexFormat.of().formatHex(Draws.sha256(text));
  }

  /**
   * The set as JSON Lines. Problems are held out from r1-nano's training and no two are the same;
   * where fewer exist, as of primes, they repeat.
   */
  public byte[] make(String seed) {
    var lines = new StringBuilder();
    for (Made made : all(seed)) {
      lines.append(made.line()).append('\n');
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** How each problem of the set is worked out, by its id. */
  public Map<String, Worked> worked(String seed) {
    return all(seed).stream().collect(Collectors.toMap(Made::id, made -> made.drawn.worked()));
  }

  private List<Made> all(String seed) {
    if (generator != GENERATOR) {
      throw new IllegalArgumentException(
          "the set is of generator " + generator + ", this program has " + GENERATOR);
    }
    var all = new ArrayList<Made>();
    for (String word : families) {
      for (int level : levels) {
        for (String language : languages) {
          addGroup(all, seed, Family.of(word), level, language);
        }
      }
    }
    return all;
  }

  private void addGroup(List<Made> all, String seed, Family family, int level, String language) {
    var draws = new Draws(seed, family.word() + " " + level + " " + language);
    var seen = new HashSet<String>();
    int repeats = 0;
    int made = 0;
    while (made < count) {
      Drawn drawn = heldOut(family, draws, level, language.equals("ko"));
      boolean fresh = seen.add(drawn.key());
      repeats = fresh ? 0 : repeats + 1;
      if (!fresh && repeats < REPEATS_MAX) {
        continue;
      }
      made++;
      all.add(new Made(family, level, language, made, drawn));
    }
  }

  private static Drawn heldOut(Family family, Draws draws, int level, boolean korean) {
    for (int attempt = 0; attempt < TRIES_MAX; attempt++) {
      Drawn drawn = family.draw(draws, level, korean);
      if (drawn.isHeldOut()) {
        return drawn;
      }
    }
    throw new IllegalStateException("no problem of " + family.word() + " is held out");
  }

  private static boolean isSet(List<?> items) {
    return new HashSet<>(items).size() == items.size();
  }

  private static void rule(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
