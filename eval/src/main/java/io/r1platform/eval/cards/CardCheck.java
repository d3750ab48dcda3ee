package io.r1platform.eval.cards;

import io.r1platform.eval.problems.Judge;
import io.r1platform.eval.problems.ProblemFile;
import io.r1platform.eval.problems.ProblemSet;
import io.r1platform.eval.runs.Journal;
import io.r1platform.eval.runs.Json;
import io.r1platform.eval.runs.Settings;
import io.r1platform.eval.sets.Commitment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reckons again what a card says, from its seed or file and the answers beside it. */
public final class CardCheck {
  private final Path path;
  private final Judge judge;
  private final Card card;

  /** Reads a card. */
  public CardCheck(Path path, Judge judge) {
    this.path = path;
    this.judge = judge;
    this.card = Json.read(path, Card.class);
    if (!Card.SCHEMA.equals(card.schema())) {
      throw new IllegalArgumentException(path + " is no " + Card.SCHEMA);
    }
  }

  /** What was read. */
  public Card card() {
    return card;
  }

  /**
   * What does not agree; empty if everything does.
   *
   * @param file the problems of a set that was not generated, else null
   * @param published the commitment as it was known before the run, or null
   */
  public List<String> faults(@Nullable Path file, @Nullable String published) {
    var faults = new ArrayList<String>();
    Optional<byte[]> problems = problems(file, published, faults);
    Path answers = path.resolveSibling(Path.of(card.answers()).getFileName());
    if (!Card.sha256(answers).equals(card.answersSha256())) {
      faults.add("the answers are not those of the card");
    }
    problems.ifPresent(bytes -> compare(bytes, answers, faults));
    return faults;
  }

  private Optional<byte[]> problems(
      @Nullable Path file, @Nullable String published, List<String> faults) {
    Commitment commitment = card.commitment();
    byte[] problems;
    if (commitment == null) {
      if (card.plan().commitment() != null || published != null) {
        faults.add("the card does not show the commitment of its plan");
      }
      if (file == null) {
        faults.add("the set was not generated: name its file by --file");
        return Optional.empty();
      }
      problems = read(file);
    } else {
      String seed = commitment.seed();
      if (seed == null) {
        faults.add("the seed is not revealed");
        return Optional.empty();
      }
      String made = commitment.recipe().commitment(seed);
      boolean agrees =
          made.equals(commitment.commitment())
              && made.equals(card.plan().commitment())
              && (published == null || made.equals(published));
      if (!agrees) {
        faults.add("the seed does not fit the commitment");
      }
      if (commitment.createdAt().isAfter(card.plan().createdAt())) {
        faults.add("the commitment is younger than the plan");
      }
      problems = commitment.recipe().make(seed);
    }
    if (!ProblemFile.sha256(problems).equals(card.plan().fileSha256())) {
      faults.add("the problems are not those that were asked");
      return Optional.empty();
    }
    return Optional.of(problems);
  }

  private void compare(byte[] problems, Path answers, List<String> faults) {
    Settings settings = card.plan().settings();
    var reading = new ProblemFile.Reading(settings.plain(), settings.siblings(), settings.seed());
    ProblemSet set = ProblemFile.parse(card.plan().file(), problems, reading);
    Journal.Contents contents = Journal.read(answers);
    boolean early =
        contents.samples().stream()
            .anyMatch(sample -> sample.at().isBefore(card.plan().createdAt()));
    if (early) {
      faults.add("an answer is older than the plan");
    }
    boolean all = contents.samples().size() == set.problems().size() * settings.samples();
    if (card.complete() != all) {
      faults.add(all ? "the card says it is not complete" : "answers are missing");
    }
    Scores scores = Scores.of(set, contents, judge, settings.seed());
    different("scores", scores, card.scores(), faults);
    Card.Costs costs = Card.Costs.of(contents.samples(), scores.tokens(), card.costs().o1Prices());
    different("costs", costs, card.costs(), faults);
    different("times", Card.Times.of(contents), card.times(), faults);
  }

  /** Compares as JSON, which is what the card is; names the first members that differ. */
  private static void different(String name, Object made, Object shown, List<String> faults) {
    JsonNode one = Json.MAPPER.valueToTree(made);
    JsonNode other = Json.MAPPER.valueToTree(shown);
    for (String member : one.propertyNames()) {
      if (!Objects.equals(one.get(member), other.get(member))) {
        faults.add(name + "." + member + " does not follow from the answers");
      }
    }
    if (one.size() != other.size()) {
      faults.add(name + " has members that do not follow from the answers");
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
