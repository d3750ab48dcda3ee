package io.r1platform.focus;

import io.r1platform.focus.Verification.Finding;
import io.r1platform.focus.Verification.Result;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code r1 export verify}. */
@Command(
    name = "r1 export verify",
    sortOptions = false,
    description = {
      "Check an export file against the rules of FOCUS, offline.",
      "",
      "The rules are FOCUS's own rule model, a JSON file of the specification's release that you"
          + " give; R1 Platform holds no copy. Every rule is printed as passed, FAILED (with its words"
          + " and the first row that is wrong) or skipped (with the reason); rules that say SHOULD"
          + " count as those that say MUST. This is a check against the rules, no certificate.",
      "",
      "Last line: focus rules=… applicable=… passed=… failed=… skipped=…",
      "Exit status: 0 no rule failed, 1 a rule failed, 2 not checked."
    })
public final class VerifyExport implements Callable<Integer> {
  private static final int UNCHECKED = 2;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "what to check: .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  @Option(
      names = "--rules",
      required = true,
      paramLabel = "MODEL.json",
      description = "the rule model; at most 16 MiB")
  @SuppressWarnings("NullAway.Init")
  private Path rules;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description = "CostAndUsage, InvoiceDetail or BillingPeriod; without it, by the columns")
  private @Nullable String dataset;

  @Option(
      names = "--supports",
      split = ",",
      paramLabel = "CRITERION",
      description = "what the file's maker supports; without it, what R1 Platform does")
  private @Nullable Set<String> supports;

  @Option(names = "--failed", description = "print the rules that failed, no others")
  private boolean failedOnly;

  @Option(names = "--help", usageHelp = true, description = "this text")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  /** Runs it and exits. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new VerifyExport()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Verification done;
    try {
      done =
          Verification.of(
              file, rules, dataset, supports == null ? Applicability.R1 : new TreeSet<>(supports));
    } catch (IllegalArgumentException | IOException e) {
      spec.commandLine().getErr().println("not checked: " + e.getMessage());
      return UNCHECKED;
    }
    done.findings().stream()
        .filter(finding -> !failedOnly || finding.result() == Result.FAILED)
        .map(VerifyExport::line)
        .forEach(out::println);
    out.println("dataset=" + done.dataset() + " rows=" + done.rows());
    out.println(done.summary());
    out.flush();
    return done.count(Result.FAILED) == 0 ? 0 : 1;
  }

  private static String line(Finding finding) {
    String word =
        switch (finding.result()) {
          case PASSED -> "passed  ";
          case FAILED -> "FAILED  ";
          case SKIPPED -> "skipped ";
        };
    return finding.detail().isEmpty()
        ? word + finding.ruleId()
        : word + finding.ruleId() + ": " + finding.detail();
  }
}
