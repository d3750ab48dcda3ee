package io.r1platform.focus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.focus.Verification.Finding;
import io.r1platform.focus.Verification.Result;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** By a small model of our own, so that every build sees the verifier pass and fail. */
class VerificationTests {
  private static final String HEAD = "Cost,Price,Quantity,Kind,Name,Start,Tags\n";
  private static final String RIGHT =
      """
      0.007616,0.14,0.0544,Usage,a,2026-11-05T10:00:00Z,"{""k"": ""v""}"
      1,,,Usage,b,2026-11-05T10:00:00Z,
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") // by JUnit
  private Path directory;

  @Test
  void passesWhatIsRightAndSaysWhyItSkips() throws IOException {
    Verification done = check(RIGHT);
    assertThat(done.count(Result.FAILED)).as("%s", done.findings()).isZero();
    assertThat(done.rows()).isEqualTo(2);
    assertThat(done.summary()).isEqualTo("focus rules=16 applicable=7 passed=7 failed=0 skipped=9");
    assertThat(why(done, "T-Zone")).isEqualTo("needs ZONES_SUPPORTED");
    assertThat(why(done, "T-Words")).contains("no program can check it");
    assertThat(why(done, "T-May")).contains("MAY");
    assertThat(why(done, "T-Old")).isEqualTo("removed from the specification");
    assertThat(why(done, "T-Strange")).contains("CheckColour");
    assertThat(why(done, "T-Root")).isEqualTo("the sum of other rules");
    assertThat(why(done, "T-Other")).isEqualTo("of the dataset Other");
    assertThat(why(done, "CAU-PricingCurrencyContractedUnitPrice-C-012-C"))
        .startsWith("inverted upstream");
  }

  @Test
  void namesTheRuleAndTheFirstRowThatIsWrong() throws IOException {
    assertThat(failed(RIGHT + "0.01,0.14,0.0544,Usage,c,2026-11-05T10:00:00Z,\n"))
        .isEqualTo("T-Cost-Product");
    assertThat(why(check(RIGHT + "0.01,0.14,0.0544,Usage,c,,\n"), "T-Cost-Product"))
        .isEqualTo(
            "Cost is Price times Quantity. rows=1, first row=3 Price=0.14 Quantity=0.0544"
                + " Cost=0.01");
    assertThat(failed(RIGHT + "+1,,,Usage,c,,\n")).isEqualTo("T-Cost-Numeric");
    assertThat(failed(RIGHT + "1,,,Usage,\"\",,\n")).isEqualTo("T-Name-NotEmpty");
    assertThat(failed(RIGHT + "1,,,Usage,c,2026-11-05 10:00:00,\n")).isEqualTo("T-Start");
    assertThat(failed(RIGHT + "1,,,Usage,c,,\"{\"\"k\"\": [1]}\"\n")).isEqualTo("T-Tags");
    assertThat(failed(RIGHT + "1,,,Usage,c,,no JSON\n")).isEqualTo("T-Tags");
    assertThat(failed(RIGHT + "1,,,Gift,\"\",,\n")).as("the condition").isEqualTo("T-Either");
  }

  /**
   * finopsfoundation/focus_validator#144: binary fractions fail half of the rows that are right.
   */
  @Test
  void multipliesExactly() throws IOException {
    var rows = new StringBuilder();
    for (int i = 1; i < 2_000; i++) {
      String cost = new java.math.BigDecimal("2.190001").multiply(quantity(i)).toPlainString();
      rows.append("%s,2.190001,%s,Usage,a,,\n".formatted(cost, quantity(i).toPlainString()));
    }
    assertThat(check(rows.toString()).count(Result.FAILED)).isZero();
    assertThat(failed(rows + "0.000002190001,2.190001,0.000001000001,Usage,a,,\n"))
        .isEqualTo("T-Cost-Product");
  }

  private static java.math.BigDecimal quantity(int tokens) {
    return java.math.BigDecimal.valueOf(tokens * 37L, 6);
  }

  @Test
  void readsEveryFormatToTheSameEnd() throws IOException, SQLException {
    Path csv = write("export.csv", RIGHT);
    try (var database = ExportFile.database();
        var statement = database.createStatement()) {
      String columns =
          "Cost::decimal(38, 18) as \"Cost\", Price::decimal(38, 18) as \"Price\","
              + " Quantity::decimal(38, 18) as \"Quantity\", Kind, Name,"
              + " Start::timestamp as \"Start\", Tags";
      String from = " from read_csv(%s, all_varchar = true)".formatted(quoted(csv));
      statement.execute(
          "copy (select %s%s) to %s (format parquet)"
              .formatted(columns, from, quoted(directory.resolve("export.parquet"))));
      statement.execute(
          "copy (select *%s) to %s (format csv, header, compression gzip)"
              .formatted(from, quoted(directory.resolve("export.csv.gz"))));
      statement.execute(
          "copy (select *%s) to %s (format json, compression gzip)"
              .formatted(from, quoted(directory.resolve("export.jsonl.gz"))));
    }
    for (String name : Set.of("export.parquet", "export.csv.gz", "export.jsonl.gz")) {
      Verification done = Verification.of(directory.resolve(name), model());
      assertThat(done.summary()).as(name).isEqualTo(check(RIGHT).summary());
      assertThat(done.count(Result.FAILED)).as("%s", done.findings()).isZero();
    }
    Path numbers = directory.resolve("numbers.jsonl");
    Files.writeString(
        numbers,
        """
        {"Cost": 12345678901234567.123456789012, "Price": 12345678901234567.123456789012,
         "Quantity": 1, "Kind": "Usage", "Name": "a", "Start": null, "Tags": null}
        """
            .replace("\n ", " "));
    Verification done = Verification.of(numbers, model());
    assertThat(done.count(Result.FAILED)).as("%s", done.findings()).isZero();
  }

  private static String quoted(Path file) {
    return Sql.text(file.toString());
  }

  @Test
  void whatFilesSayIsNoSql() throws IOException, SQLException {
    Path hostile =
        write(
            "hostile.csv",
            HEAD.strip()
                + ",\"a\"\" from data; drop table data; --\"\n"
                + "1,,,' or true; drop table data; --,\u001b[31mred,,,x\n");
    Verification done = Verification.of(hostile, model());
    assertThat(done.rows()).isEqualTo(1);
    assertThat(done.count(Result.FAILED)).as("%s", done.findings()).isZero();
    try (var database = ExportFile.database();
        var statement = database.createStatement()) {
      ExportFile.load(database, hostile);
      assertThatThrownBy(() -> statement.execute("select * from read_csv('/etc/hostname')"))
          .hasMessageContaining("disabled");
      assertThatThrownBy(() -> statement.execute("set enable_external_access = true"))
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void refusesWhatIsNoModelOrNoFile() throws IOException {
    Path csv = write("export.csv", RIGHT);
    Path none = directory.resolve("none.json");
    for (String text : Set.of("", "[]", "{}", "{\"ModelRules\": {\"a\": {}}}", "{")) {
      Files.writeString(none, text);
      assertThatThrownBy(() -> Verification.of(csv, none))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
    String deep = "{\"CheckFunction\":\"AND\",\"Items\":[".repeat(100) + "]}".repeat(100);
    Files.writeString(
        none,
        Files.readString(model())
            .replace("{\"CheckFunction\": \"ColumnPresent\", \"ColumnName\": \"Old\"}", deep));
    assertThatThrownBy(() -> Verification.of(csv, none)).hasMessageContaining("nested too deep");
    assertThatThrownBy(() -> Verification.of(directory.resolve("x.exe"), model()))
        .hasMessageContaining("no file");
    assertThatThrownBy(() -> Verification.of(write("export.txt", RIGHT), model()))
        .hasMessageContaining(".csv.gz");
    assertThatThrownBy(() -> Verification.of(write("a*.csv", RIGHT), model()))
        .hasMessageContaining("path");
  }

  @Test
  void theCommandTellsByItsStatus() throws IOException {
    String rules = model().toString();
    var out = new StringWriter();
    assertThat(run(out, write("right.csv", RIGHT).toString(), "--rules", rules)).isZero();
    assertThat(out.toString().lines().toList().getLast())
        .isEqualTo("focus rules=16 applicable=7 passed=7 failed=0 skipped=9");
    var wrong = new StringWriter();
    String file = write("wrong.csv", RIGHT + "x,,,Usage,c,,\n").toString();
    assertThat(run(wrong, file, "--rules", rules, "--failed")).isEqualTo(1);
    assertThat(wrong.toString()).startsWith("FAILED  T-Cost-Numeric: Cost is a number.");
    assertThat(run(new StringWriter(), "nowhere.csv", "--rules", rules)).isEqualTo(2);
    var help = new StringWriter();
    assertThat(run(help, "--help")).isZero();
    assertThat(help.toString()).contains("--rules", "no certificate");
  }

  private static int run(StringWriter out, String... arguments) {
    return new CommandLine(new VerifyExport())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(new StringWriter()))
        .execute(arguments);
  }

  private String failed(String rows) throws IOException {
    return check(rows).findings().stream()
        .filter(finding -> finding.result() == Result.FAILED)
        .map(Finding::ruleId)
        .reduce((a, b) -> a + " " + b)
        .orElse("none");
  }

  private static String why(Verification done, String rule) {
    return done.findings().stream()
        .filter(finding -> finding.ruleId().equals(rule))
        .findFirst()
        .orElseThrow()
        .detail();
  }

  private Verification check(String rows) throws IOException {
    return Verification.of(write("export.csv", rows), model());
  }

  private Path write(String name, String rows) throws IOException {
    return Files.writeString(
        directory.resolve(name),
        rows.startsWith(HEAD.strip()) ? rows : HEAD + rows,
        StandardCharsets.UTF_8);
  }

  private static Path model() {
    try {
      URL found = Objects.requireNonNull(VerificationTests.class.getResource("model.json"));
      return Path.of(found.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
