package io.r1platform.focus;

import io.r1platform.focus.Judgement.Apply;
import io.r1platform.focus.Judgement.Skip;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks a file against a rule model.
 *
 * @param dataset which of the model's
 * @param rows of the file
 * @param findings one for each rule of the model
 */
public record Verification(String dataset, long rows, List<Finding> findings) {
  private static final int MOST_SHOWN = 60;

  /** What came of a rule. */
  public enum Result {
    /** It applies, and every row is as it wants. */
    PASSED,
    /** It applies, and a row is not. */
    FAILED,
    /** It says nothing about this file. */
    SKIPPED
  }

  /**
   * A rule's.
   *
   * @param detail of FAILED its words and the first row that is wrong; of SKIPPED why
   */
  public record Finding(String ruleId, Result result, String detail) {}

  /**
   * Reads both files and checks every rule that applies.
   *
   * @param dataset as the model names it; null: by the file's columns
   * @param supported what the provider supports of what FOCUS leaves open
   * @throws IllegalArgumentException if a file is not what it should be
   */
  public static Verification of(
      Path file, Path model, @Nullable String dataset, Set<String> supported) throws IOException {
    try (Connection database = ExportFile.database()) {
      RuleModel rules = RuleModel.read(model);
      Map<String, String> types = ExportFile.load(database, file);
      String chosen = dataset == null ? guessed(types.keySet()) : dataset;
      try (Statement statement = database.createStatement()) {
        var findings = new ArrayList<Finding>();
        for (Judgement one : Applicability.judge(rules, chosen, supported, types.keySet())) {
          findings.add(
              switch (one) {
                case Skip skip -> new Finding(skip.ruleId(), Result.SKIPPED, shown(skip.why()));
                case Apply apply -> check(statement, apply, types);
              });
        }
        return new Verification(chosen, count(statement), findings);
      }
    } catch (Check.NotUnderstood | SQLException e) {
      throw new IllegalArgumentException(shown(String.valueOf(e.getMessage())), e);
    }
  }

  /** Supports what R1 Platform does. */
  public static Verification of(Path file, Path model) throws IOException {
    return of(file, model, null, Applicability.R1);
  }

  /** How many rules came out so. */
  public long count(Result result) {
    return findings.stream().filter(finding -> finding.result == result).count();
  }

  /** The last line of the command. */
  public String summary() {
    return "focus rules=%d applicable=%d passed=%d failed=%d skipped=%d"
        .formatted(
            findings.size(),
            count(Result.PASSED) + count(Result.FAILED),
            count(Result.PASSED),
            count(Result.FAILED),
            count(Result.SKIPPED));
  }

  private static String guessed(Set<String> columns) {
    if (columns.contains("BillingPeriodStatus")) {
      return "BillingPeriod";
    }
    return columns.contains("InvoiceIssueStatus") ? "InvoiceDetail" : "CostAndUsage";
  }

  private static long count(Statement statement) throws SQLException {
    try (var counted = statement.executeQuery("select count(*) from data")) {
      counted.next();
      return counted.getLong(1);
    }
  }

  private static Finding check(Statement statement, Apply apply, Map<String, String> types)
      throws SQLException {
    var sql = new RuleSql(types);
    String requirement = sql.expression(apply.requirement());
    String id = apply.ruleId();
    String says = apply.rule().says();
    if (requirement.equals("true") || requirement.equals("false")) {
      return requirement.equals("true")
          ? new Finding(id, Result.PASSED, "")
          : new Finding(id, Result.FAILED, shown(says));
    }
    String where =
        apply.conditions().stream()
            .map(sql::expression)
            .collect(Collectors.joining(" and ", "", apply.conditions().isEmpty() ? "" : " and "));
    var looked = new LinkedHashSet<String>(apply.requirement().columns());
    apply.conditions().forEach(condition -> looked.addAll(condition.columns()));
    looked.retainAll(types.keySet());
    String shown =
        looked.stream().map(c -> "data." + Sql.name(c)).collect(Collectors.joining(", "));
    try (var wrong =
        statement.executeQuery(
            "select count(*) over () as n, data.%1$s, %2$s from data where %3$s not (%4$s)"
                    .formatted(Sql.name(ExportFile.ROW), shown, where, requirement)
                + " order by data.%s limit 1".formatted(Sql.name(ExportFile.ROW)))) {
      if (!wrong.next()) {
        return new Finding(id, Result.PASSED, "");
      }
      var cells = new ArrayList<String>();
      for (String column : looked) {
        cells.add(column + "=" + shown(String.valueOf(wrong.getString(column))));
      }
      return new Finding(
          id,
          Result.FAILED,
          "%s rows=%d, first row=%d %s"
              .formatted(shown(says), wrong.getLong(1), wrong.getLong(2), String.join(" ", cells)));
    }
  }

  /** What a file says, for a terminal: no control characters, and not without end. */
  private static String shown(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "·");
    int most = 4 * MOST_SHOWN;
    return clean.length() <= most ? clean : clean.substring(0, most) + "…";
  }
}
