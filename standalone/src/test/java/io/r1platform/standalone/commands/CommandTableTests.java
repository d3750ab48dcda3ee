package io.r1platform.standalone.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.supervisor.FakeSupervisor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTableTests {
  @TempDir private Path root;

  private record Printed(int exit, String text) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "down",
        "status",
        "logs",
        "key",
        "limit",
        "model",
        "admin",
        "audit",
        "reconcile",
        "export",
        "eval",
        "test",
        "bench",
        "docs",
        "trace",
        "doctor"
      })
  void explainsEachCommand(String command) {
    assertThat(call(command, "--help").exit()).isZero();
    assertThat(call(command, "--help").text()).contains("r1 " + command);
    assertThat(call("help").text()).contains("  " + command + " ");
    assertThat(call("help", command).text()).contains("r1 " + command);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key",
        "key list",
        "key rotate abcdefgh",
        "trace 01890000-0000-7000-8000-000000000000",
        "limit project 8",
        "admin",
        "audit verify",
        "reconcile",
        "export usage_records"
      })
  void saysHowToStartWhatDoesNotRun(String line) {
    Printed printed = call(line.split(" ", -1));

    assertThat(printed.exit()).isEqualTo(1);
    assertThat(printed.text().strip())
        .isEqualTo("r1: R1 Platform does not run here; ./r1 up starts it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "rotate"})
  void explainsWhatElseIsDoneWithKeys(String command) {
    assertThat(call("key", command, "--help").exit()).isZero();
    assertThat(call("key", command, "--help").text()).contains("r1 key " + command);
    assertThat(call("key", "--help").text()).contains("  " + command + " ");
  }

  /** The module's options, told without its being built. */
  @ParameterizedTest
  @ValueSource(
      strings = {"EvalCommand", "GenerateCommand", "CheckCommand", "BarsCommand", "Asking"})
  void tellsEveryOptionOfEval(String command) throws Exception {
    Path checkout = Path.of(System.getProperty("r1.root", ".."));
    String source =
        Files.readString(
            checkout.resolve("eval/src/main/java/io/r1platform/eval/" + command + ".java"));
    List<String> options =
        Pattern.compile("names = \"(--[a-z0-9-]+)\"")
            .matcher(source)
            .results()
            .map(option -> option.group(1))
            .toList();

    assertThat(options).hasSizeGreaterThan(1);
    assertThat(call("eval", "--help").text()).contains(options);
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "add", "use", "price", "remove"})
  void explainsWhatIsDoneWithModels(String command) {
    assertThat(call("model", command, "--help").exit()).isZero();
    assertThat(call("model", command, "--help").text()).contains("r1 model " + command);
    assertThat(call("model", "--help").text()).contains("  " + command + " ");
  }

  @Test
  void listsTheModelThatIsAlwaysThere() {
    assertThat(call("model").exit()).isEqualTo(2);
    assertThat(call("model", "list").text())
        .contains("name\tin_use\tfile\tarchitecture\tparameters\tquantization")
        .contains("r1-nano\ttrue\t");
    assertThat(call("model", "list", "--json").text()).startsWith("[").contains("\"r1-nano\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"use nothing", "remove nothing", "remove r1-nano", "add f --name R1"})
  void refusesModelsWithExitCodeTwo(String arguments) {
    Printed printed = call(("model " + arguments).split(" ", -1));

    assertThat(printed.exit()).as(printed.text()).isEqualTo(2);
    assertThat(printed.text()).startsWith("r1: ").doesNotContain("\tat ").hasLineCount(1);
  }

  @Test
  void servesFromTheNextStartOnWhatIsUsedWhileNothingRuns() {
    assertThat(call("model", "use", "r1-nano"))
        .isEqualTo(new Printed(0, "in use: r1-nano; ./r1 up serves it\n"));
  }

  @Test
  void refusesLimitsThatContradictEachOther() {
    Printed printed = call("limit", "key", "abcdefgh", "--none", "--requests", "5");

    assertThat(printed.exit()).isEqualTo(2);
    assertThat(printed.text()).contains("--none stands alone");
  }

  @Test
  void asksWhatToDoWithTheTrail() {
    assertThat(call("audit").exit()).isEqualTo(2);
    assertThat(call("audit").text()).contains("r1 audit verify");
  }

  @Test
  void downAndStatusAreHarmlessWhereNothingRuns() {
    assertThat(call("down")).isEqualTo(new Printed(0, "was not running\n"));
    assertThat(call("status").exit()).isEqualTo(1);
    assertThat(call("status").text()).contains("supervisor").contains("stopped");
  }

  @Test
  void namesTheSuitesThereAre() {
    assertThat(call("test", "nonsense").text())
        .contains("journey")
        .contains("streams")
        .contains("kill");
  }

  @Test
  void refusesABodyThatIsNotJson() {
    Printed printed = call("admin", "POST", "/admin/api/organizations", "{bad");

    assertThat(printed.exit()).isEqualTo(1);
    assertThat(printed.text()).startsWith("r1: the body is not JSON: ").doesNotContain("\tat ");
  }

  @Test
  void refusesAPortThatIsNone() {
    Printed printed =
        call(Map.of("R1_HOME", root.toString(), "R1_API_PORT", "x"), "up", "--no-build");

    assertThat(printed.exit()).isEqualTo(1);
    assertThat(printed.text()).contains("R1_API_PORT must be a port, not 'x'");
  }

  @Test
  void showsTheEndOfOneLog() throws Exception {
    Path logs = Files.createDirectories(root.resolve("logs"));
    Files.writeString(logs.resolve("api-service.log"), "one\ntwo\nthree\nhalf a li");

    assertThat(call("logs", "api-service", "-n", "2")).isEqualTo(new Printed(0, "two\nthree\n"));
    assertThat(call("logs").text()).contains("api-service       | three");
    assertThat(call("logs", "nobody").text()).contains("there is no").contains("nobody.log");
  }

  @Test
  void survivesRecordsThatAreNotWhole() throws Exception {
    Path run = Files.createDirectories(root.resolve("run"));
    Files.writeString(run.resolve("api-service.process.json"), "{\"name\":\"api-ser");
    Files.writeString(run.resolve("supervisor.process.json"), "");

    assertThat(call("down")).isEqualTo(new Printed(0, "was not running\n"));
    assertThat(call("status").text()).contains("stopped").doesNotContain("\tat ");

    Files.writeString(run.resolve("instance.json"), "{\"root\":");
    assertThat(call("down")).isEqualTo(new Printed(0, "was not running\n"));
    assertThat(call("status").text())
        .contains("r1: " + run.resolve("instance.json") + " is damaged; ./r1 down, then ./r1 up")
        .doesNotContain("\tat ");
  }

  @Test
  void statusFindsASupervisorThatHasNoRecord() {
    try (var fake = new FakeSupervisor(new Home(root), "while :; do sleep 0.1; done")) {
      assertThat(call("status").text())
          .containsPattern("supervisor +ready +pid " + fake.process().pid());
    }
  }

  private Printed call(String... arguments) {
    return call(Map.of("R1_HOME", root.toString()), arguments);
  }

  private Printed call(Map<String, String> environment, String... arguments) {
    var text = new StringWriter();
    var writer = new PrintWriter(text, true);
    int exit =
        CommandTable.of(Invocation.of(root, environment, Clock.systemUTC()))
            .setOut(writer)
            .setErr(writer)
            .execute(arguments);
    return new Printed(exit, text.toString());
  }
}
