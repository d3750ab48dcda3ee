package io.r1platform.eval;

import io.r1platform.eval.answers.Answers;
import io.r1platform.eval.cards.Card;
import io.r1platform.eval.cards.CardCheck;
import io.r1platform.eval.problems.Judge;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reckons a card again. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Make a card's set again from its seed, compare commitment and problems, and judge the",
      "answers beside the card again. Of a set that was not generated: --file.",
      "Last line: check ok … or check FAILED …; exit code 0 only if all agrees."
    })
final class CheckCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(paramLabel = "CARD", description = "card.json, with answers.jsonl beside it.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private Path card;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "The problems of a set that was not generated (made again from the seed).")
  private @Nullable Path file;

  @Option(
      names = "--commitment",
      paramLabel = "HEX",
      description = "What was published before the run, 64 digits (the card's own word alone).")
  private @Nullable String commitment;

  @Override
  public Integer call() {
    var check = new CardCheck(card, new Judge(new Answers(Evaluation.ALGEBRA)));
    List<String> faults = check.faults(file, commitment);
    var out = spec.commandLine().getOut();
    Card read = check.card();
    if (read.commitment() != null && commitment == null) {
      out.println("note: compare the commitment with what was published before the run");
    }
    faults.forEach(fault -> out.println("fault: " + fault));
    out.println(
        faults.isEmpty()
            ? "check ok problems=%d answers_sha256=%s"
                .formatted(read.scores().problems().size(), read.answersSha256())
            : "check FAILED faults=" + faults.size());
    return faults.isEmpty() ? 0 : 1;
  }
}
