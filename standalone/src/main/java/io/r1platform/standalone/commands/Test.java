package io.r1platform.standalone.commands;

import io.r1platform.standalone.build.Maven;
import io.r1platform.standalone.build.TestReports;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs every check of the project, or one system test for its figures. */
@Command(
    name = "test",
    description = {
      "Run every check and test (Maven verify of all modules, the console's included, and",
      "native's hygiene: clang-tidy, sanitizers and fuzz targets, where Clang is installed).",
      "Last line: test passed=… failed=… skipped=… minutes=…",
      "With a suite, run that system test alone against the real jars; its figures come last:",
      "  journey     the whole path through OpenAI's Java client and the curl line",
      "  streams     20 concurrent streams, 5 cut half-way, then reconcile",
      "  kill        kill -9 of each service, the supervisor and PostgreSQL under load",
      "  faults      seeded kill -9 at random instants, batches lost and reordered",
      "  batch       a batch of 3,000 lines, the gateway killed half-way: each once, in money too",
      "  files       four files of 200 MiB at once, in and out, in a heap of 512 MiB",
      "  export      the usage file's sum against the ledger",
      "  eval        ./r1 eval: a set, a ranking, a kill in the middle, a card that is checked",
      "  console     the console in Chromium",
      "  simulation  schedules of crashes in metering: 100,000, or 4 minutes (R1_SCHEDULES,"
          + " R1_SEED)",
      "  rater       a million charges: billing's rater, the gateway's, a naive one",
      "  bill        10,000 changed bits of a bill bundle, each rejected; a million records",
      "  recount     the verifier's tokenizer against the engine's, on random texts",
      "  focus       four months of charges in FOCUS's columns, by the official rules where they are",
      "  parity      native's tokens and logits against llama.cpp's tool and transformers",
      "  schemas     500 random JSON schemas: every answer that stopped is valid",
      "  leaks       native: 10,000 requests, 30 %% cancelled at random",
      "  soak        inference-service: random loads, unloads and cancels; memory stays flat",
      "  trtllm      a dead TensorRT-LLM rank (a stand-in, no GPU), and the restart",
      "  trace       one request's trace, log lines and metrics, found from its x-request-id",
      "  overspend   one dollar, spent to the end by gateways killed at random",
      "  limits      limits and revocations at three gateways, 100 times; PostgreSQL paused",
      "  upstreams   two foreign servers killed, hung, slow or lying: what is seen and charged",
      "  clients     OpenAI's clients for Java and Node, Spring AI's and LangChain4j's, unchanged",
      "  resume      a stream cut and resumed 50 times: byte-identical, one charge",
      "  authorization  every route of the admin API by every role and key, own and foreign",
      "  fuzz        20,000 random requests to every endpoint of the tenant API"
    })
final class Test implements Callable<Integer> {
  private static final int MOST_KILLS = 200;

  /** Modules that are tested at a time: their tests wait more than they reckon. */
  private static final String AT_A_TIME = "2";

  /** Most test classes start a service and end it: the second compiler costs more than it saves. */
  private static final String QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private static final int SHORT_SOAK = 3; // minutes
  private static final int LONG_SOAK = 30;

  /** Maven's lines that tell how far it is, and what is wrong. */
  private static final Pattern WORTH_SHOWING =
      Pattern.compile(
          "\\[INFO] Building .*|\\[(INFO|WARNING|ERROR)] Tests run: .*|\\[ERROR].*|\\[INFO] BUILD"
              + " .*|(skipped|journey|streams|kill|faults|batch|files|export|clients|console|simulation"
              + "|trtllm|trace|overspend|limits|eval):"
              + " .*|hygiene .*");

  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Option(
      names = "--long",
      description = {
        "faults: 200 kills instead of 8, about 50 minutes",
        "batch: 50,000 lines instead of 3,000, about a quarter of an hour",
        "soak: 30 minutes instead of three"
      })
  private boolean longForm;

  @Option(names = "--kills", description = "faults: so many kills, 14 s each")
  private @Nullable Integer kills;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = {
        "faults: which kills, and when",
        "fuzz: which requests",
        "bill: which requests and bits",
        "recount: which texts"
      })
  private long seed;

  @Parameters(arity = "0..1", paramLabel = "SUITE")
  private @Nullable String suite;

  Test(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    var maven = new Maven(invocation.root(), invocation.home(), invocation.clock());
    if (suite == null) {
      return everything(maven);
    }
    if (suite.equals(RaterTest.WORD)) {
      return new RaterTest(invocation).run(out());
    }
    return switch (suite) {
      case "parity" -> NativeFigures.PARITY.run(invocation, out());
      case "schemas" -> InferenceFigures.SCHEMAS.run(invocation, out());
      case "leaks" -> NativeFigures.LEAKS.run(invocation, out());
      case "soak" ->
          InferenceFigures.SOAK.run(
              invocation, out(), "-Dr1.soak.minutes=" + (longForm ? LONG_SOAK : SHORT_SOAK));
      case "bill" ->
          new ModuleFigures("verify-bill", "bill", "BillIT")
              .run(
                  invocation,
                  out(),
                  List.of("-Dtest.jvm.extra=-Dr1.bill.records=1000000 -Dr1.bill.seed=" + seed));
      case "recount" ->
          new ModuleFigures("verify-bill", "recount", "RecountIT")
              .run(
                  invocation,
                  out(),
                  List.of("-Dtest.jvm.extra=-Dr1.recount.texts=20000 -Dr1.recount.seed=" + seed));
      case "focus" ->
          new ModuleFigures("billing-service", "focus", "FocusIT")
              .run(invocation, out(), List.of());
      case "simulation" ->
          new ModuleFigures("simulation", "simulation", "SimulationIT")
              .run(invocation, out(), List.of("-Dconsole.skip=true"));
      case "upstreams" ->
          new ModuleFigures("api-service", "upstreams", "UpstreamsIT")
              .run(invocation, out(), List.of("-Dconsole.skip=true"));
      case "resume" ->
          new ModuleFigures(
                  "api-service",
                  "resume",
                  "IdempotencyIT#survivesFiftyCutsOfItsStreamWithOneTextAndOneCharge")
              .run(invocation, out(), List.of("-Dconsole.skip=true"));
      case "authorization" ->
          new ModuleFigures("api-service", "authorization", "AuthorizationMatrixIT")
              .run(invocation, out(), List.of("-Dconsole.skip=true"));
      case "fuzz" ->
          new ModuleFigures("api-service", "fuzz", "FuzzIT")
              .run(invocation, out(), List.of("-Dconsole.skip=true", "-Dr1.fuzz.seed=" + seed));
      default -> one(maven, Suite.of(suite));
    };
  }

  private int everything(Maven maven) {
    Instant begun = invocation.clock().instant();
    int exit =
        maven.run(
            List.of(
                "--threads",
                AT_A_TIME,
                "-Dr1.parallel",
                "-Dnative.hygiene.skip=false",
                "-Dtest.jvm.quick=" + QUICK,
                "verify"),
            this::show);
    var reports = TestReports.since(invocation.root(), FileTime.from(begun));
    double minutes = Duration.between(begun, invocation.clock().instant()).toSeconds() / 60.0;
    boolean good = exit == 0 && reports.failed() == 0;
    out()
        .println(
            String.format(
                Locale.ROOT,
                "test %s passed=%d failed=%d skipped=%d minutes=%.1f",
                good ? "ok" : "FAILED",
                reports.passed(),
                reports.failed(),
                reports.skipped(),
                minutes));
    return good ? 0 : 1;
  }

  private int one(Maven maven, Suite chosen) {
    maven.buildStale(line -> out().println(line));
    Path figures =
        invocation.root().resolve("standalone/target/figures").resolve(chosen.word() + ".txt");
    try {
      Files.deleteIfExists(figures);
      int exit =
          maven.run(
              List.of(
                  "--projects",
                  "standalone",
                  "--also-make",
                  "-Dspotless.check.skip=true",
                  "-Dtest=NoUnitTests",
                  "-Dsurefire.failIfNoSpecifiedTests=false",
                  "-Dr1.faults.seed=" + seed,
                  "-Dr1.faults.kills=" + kills(),
                  "-Dit.test=" + chosen.testClass(),
                  "-Dfailsafe.failIfNoSpecifiedTests=false",
                  chosen.longForm(longForm),
                  "verify"),
              this::show);
      if (exit == 0 && Files.exists(figures)) {
        out().print(Files.readString(figures));
        return 0;
      }
      out().println(chosen.word() + " FAILED; see " + invocation.home().log("build"));
      return 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int kills() {
    Integer asked = kills;
    if (asked == null) {
      return longForm ? MOST_KILLS : 8;
    }
    if (asked < 1 || asked > MOST_KILLS) {
      throw new IllegalArgumentException("--kills must be 1 to " + MOST_KILLS);
    }
    return asked;
  }

  private void show(String line) {
    if (WORTH_SHOWING.matcher(line).matches()) {
      out().println(line);
      out().flush();
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
