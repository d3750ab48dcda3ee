package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.admin.Tenancy;
import io.r1platform.standalone.commands.Eval;
import io.r1platform.testing.Figures;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./r1 eval} as a process of its own, against the real platform and r1-nano. */
@ExtendWith(PlatformExtension.class)
class EvalIT {
  private static final int PROBLEMS = 24;
  private static final int SAMPLES = 2;

  private final Platform platform;
  @TempDir private Path directory;

  /** A key of each test's own, so that what it was charged can be asked. */
  private final String key;

  EvalIT(Platform platform) {
    this.platform = platform;
    this.key = platform.mintKey();
  }

  private record Printed(int exit, String text) {
    String last() {
      return text.strip().lines().reduce((_, line) -> line).orElse("");
    }
  }

  @Test
  void aRunThatWasKilledGoesOnAndNothingIsPaidTwice() throws Exception {
    Printed made =
        eval(
            "generate",
            "addition",
            "integers",
            "--count=6",
            "--level=1,2",
            "--language=en",
            "--out=set.jsonl");
    assertThat(made.exit()).as(made.text()).isZero();
    String commitment = made.last().replaceAll(".*commitment=", "");

    Process first = start(run());
    Path answers = directory.resolve("set.eval/answers.jsonl");
    Platform.awaitThat("some answers are there", () -> lines(answers) > 5);
    first.destroyForcibly().waitFor();

    Printed rest = finish(start(run()));
    assertThat(rest.exit()).as(rest.text()).isZero();
    assertThat(rest.text()).contains("going on with the run of ").doesNotContain("quote ");
    assertThat(rest.last()).startsWith("eval problems=24 samples=48 pass1=");

    JsonNode card = read("set.eval/card.json");
    assertThat(card.path("complete").asBoolean()).isTrue();
    assertThat(card.path("costs").path("ratio").asDouble()).isBetween(20.0, 110.0);
    assertThat(card.path("scores").path("accuracy").path("failed").asInt()).isZero();
    platform.reconciled();
    assertThat(requests()).isEqualTo(PROBLEMS * SAMPLES);
    assertThat(new BigDecimal(card.path("costs").path("charged").asString()))
        .isEqualByComparingTo(charged());

    Printed checked = eval("check", "set.eval/card.json", "--commitment=" + commitment);
    assertThat(checked.text()).contains("check ok problems=24");
    Figures.writeLine("eval", rest.last());
  }

  private String[] run() {
    return new String[] {"set.jsonl", "--samples=" + SAMPLES, "--at-once=2", "--yes"};
  }

  @Test
  void aRankingComesOutOfPairs() throws Exception {
    List<String> numbers = List.of("9.9", "9.11", "9.5", "9.2", "8.7", "8.4", "7.9", "7.3");
    List<String> sorted = List.of("9.9", "9.5", "9.2", "9.11", "8.7", "8.4", "7.9", "7.3");
    write(
        "pairs.jsonl",
        "{\"kind\":\"items\",\"items\":%s,\"order\":%s,\"question\":\"Which is larger, {a} or {b}?\"}"
            .formatted(quoted(numbers), quoted(sorted)));

    Printed ranked = eval("pairs.jsonl", "--yes", "--temperature=0.2");

    assertThat(ranked.exit()).as(ranked.text()).isZero();
    assertThat(ranked.text()).contains("quote      28 requests: at least 0.");
    assertThat(ranked.last()).contains(" pairs=28 ").contains(" o1_cost=");
    assertThat(Files.readString(directory.resolve("pairs.eval/card.html"))).contains("9.11");
  }

  @Test
  void aModelIsMeasuredAgainstItsBars() throws Exception {
    Printed measured = eval("bars", "addition", "--count=8", "--yes");
    assertThat(measured.exit()).as(measured.text()).isZero();
    platform.reconciled();
    int asked = requests();
    Printed again = eval("bars", "addition", "--count=8", "--yes");
    Printed other = eval("bars", "addition", "--count=16", "--yes");
    Printed checked = eval("check", "r1-nano.bars/addition/card.json");

    assertThat(measured.last())
        .startsWith("nano model=r1-nano families=1 bars=1 ")
        .contains(" answers=8 ")
        .contains(" formed=1.0000 ");
    JsonNode family = read("r1-nano.bars/bars.json").path("families").path(0);
    assertThat(family.path("name").asString()).isEqualTo("addition");
    assertThat(family.path("checked").asInt()).isPositive(); // of two and three digits it is sure
    assertThat(family.path("valid").asInt()).isEqualTo(family.path("checked").asInt());
    assertThat(again.text()).contains("going on with the runs in ");
    platform.reconciled();
    assertThat(requests()).isEqualTo(asked).isEqualTo(8);
    assertThat(other.text()).contains("holds another set");
    assertThat(checked.text()).contains("check ok problems=8");
  }

  @Test
  void neverSpendsMoreThanItMay() throws Exception {
    write(
        "sums.jsonl",
        IntStream.range(0, 10)
            .mapToObj(i -> "{\"problem\":\"What is 1%d + 2?\",\"answer\":1%d}".formatted(i, i + 2))
            .collect(Collectors.joining("\n")));
    Printed all = eval("sums.jsonl", "--yes", "--plain", "--max-tokens=400", "--out=all");
    BigDecimal one = new BigDecimal(read("all/plan.json").path("quote").path("largest").asString());
    String limit = one.multiply(new BigDecimal("1.3")).toPlainString();

    Printed part =
        eval(
            "sums.jsonl",
            "--yes",
            "--plain",
            "--max-tokens=400",
            "--out=part",
            "--max-cost=" + limit);

    assertThat(all.exit()).as(all.text()).isZero();
    assertThat(part.exit()).as(part.text()).isEqualTo(1);
    assertThat(part.text()).contains("stopped before more than --max-cost could be charged");
    JsonNode card = read("part/card.json");
    assertThat(card.path("complete").asBoolean()).isFalse();
    assertThat(new BigDecimal(card.path("costs").path("charged").asString()))
        .isLessThanOrEqualTo(new BigDecimal(limit));
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    write("one.jsonl", "{\"problem\":\"What is 1 + 2?\",\"answer\":3}");

    assertThat(eval("one.jsonl").text()).contains("nobody is here to accept the quote");
    assertThat(eval("one.jsonl", "--yes", "--model=nothing").text()).contains("no quote: 404 ");
    assertThat(eval("one.jsonl", "--yes", "--key=sk-r1-wrong").text()).contains("no quote: 401 ");
    assertThat(eval("none.jsonl", "--yes").text()).contains("cannot read none.jsonl");
  }

  /** What the key was charged, by the platform's own account of it. */
  private BigDecimal charged() throws Exception {
    return mine("/costs").stream()
        .map(row -> new BigDecimal(row.path("amount").path("value").asString()))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private int requests() throws Exception {
    return mine("/usage").stream().mapToInt(row -> row.path("num_model_requests").asInt()).sum();
  }

  /** The rows of this test's key, of today and yesterday. */
  private List<JsonNode> mine(String path) throws Exception {
    String publicId = key.substring("sk-r1-".length(), "sk-r1-".length() + 8);
    String id =
        new Tenancy(platform.admin())
            .keys().stream()
                .filter(one -> one.path("public_id").asString().equals(publicId))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asString();
    long yesterday = Clock.systemUTC().instant().getEpochSecond() - 86_400;
    String url =
        "%s/v1%s?group_by=api_key_id&api_key_id=%s&start_time=%d"
            .formatted(platform.url(), path, id, yesterday);
    try (var http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + key).build();
      JsonNode page =
          JsonMapper.shared()
              .readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
      var rows = new ArrayList<JsonNode>();
      page.path("data").forEach(bucket -> bucket.path("results").forEach(rows::add));
      assertThat(rows).as(page.toString()).isNotEmpty();
      return rows;
    }
  }

  private JsonNode read(String file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(directory.resolve(file)));
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(directory.resolve(file), text + "\n");
  }

  private static String quoted(List<String> texts) {
    return texts.stream().map(text -> '"' + text + '"').collect(Collectors.joining(",", "[", "]"));
  }

  private static long lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    } catch (IOException e) {
      return 0; // being written
    }
  }

  private Printed eval(String... arguments) throws Exception {
    return finish(start(arguments));
  }

  private Process start(String... arguments) throws IOException {
    var command = new ArrayList<>(Eval.program(Platform.root()));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.redirectOutput(directory.resolve("printed.txt").toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
    builder.environment().put("R1_URL", platform.url());
    builder.environment().put("R1_KEY", key);
    return builder.start();
  }

  private Printed finish(Process process) throws Exception {
    boolean ended = Platform.ends(process);
    String text = Files.readString(directory.resolve("printed.txt"), StandardCharsets.UTF_8);
    assertThat(ended).as(text).isTrue();
    return new Printed(process.exitValue(), text);
  }
}
