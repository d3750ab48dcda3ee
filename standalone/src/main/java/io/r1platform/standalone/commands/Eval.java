package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.Tenancy;
import io.r1platform.standalone.build.Maven;
import io.r1platform.standalone.build.Staleness;
import io.r1platform.standalone.home.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Hands over to the module {@code eval}, a process of its own with libraries of its own. */
@Command(
    name = "eval",
    description = {
      "Run problems (JSONL) through the tenant API, as a tenant would; a result card comes out.",
      "  ./r1 eval FILE                quote, question, run; card.html and card.json",
      "  ./r1 eval generate FAMILY…    a set that was never trained on, with a commitment",
      "  ./r1 eval check CARD          make the set again, judge the answers again, compare",
      "  ./r1 eval bars                a model against r1-nano's bars, family by family",
      "Options of a run, with their defaults:",
      "  --model NAME         the model (r1-nano)",
      "  --samples K          answers for each problem, 1 to 64 (1)",
      "  --max-tokens TOKENS  of each answer with its reasoning (the platform's)",
      "  --temperature T      0 to 2, 0 is greedy (the platform's, 0.6)",
      "  --top-p P            share of probability, 0 to 1 (the platform's, 0.95)",
      "  --seed N             of samples, siblings, pairs and intervals (1)",
      "  --plain              questions alone, no line that asks for a box (off)",
      "  --siblings N         problems made of each templated one, 0 to 20 (0)",
      "  --keep-reasoning     keep the reasoning in answers.jsonl (off)",
      "  --max-cost AMOUNT    most to be charged, account's currency (the quote)",
      "  --at-once N          requests at a time, 1 to 256 (8)",
      "  --out DIR            where the run lies (FILE's name with .eval, here)",
      "  --yes                accept the quote without being asked (asks)",
      "  --o1-prices IN,CACHED,OUT  of o1, USD a million tokens (15,7.50,60)",
      "  --base-url URL       the platform (R1_URL; what runs here)",
      "  --key KEY            a tenant's key (R1_KEY; the standing one of here)",
      "Of generate:",
      "  --count N            of each family, level, language, to 10,000 (100)",
      "  --level N,…          1 to 4 (all)",
      "  --language L,…       en, ko (both)",
      "  --out FILE           the set; must be named",
      "  --seed HEX           64 digits (a new one)",
      "Of check:",
      "  --file FILE          the problems, if the set was not generated",
      "  --commitment HEX     what was published before the run, 64 digits",
      "Of bars, beside --model, --max-cost, --at-once, --yes, --base-url and --key:",
      "  FAMILY…              those alone (all)",
      "  --count N            problems of each family, to 10,000 (1,000)",
      "  --steps N            right answers whose steps are executed again (200)",
      "  --set-seed HEX       64 digits: the same problems again (new ones)",
      "  --against FILE       another bars.json: how many families lie above it (none)",
      "  --out DIR            where the runs lie (NAME.bars of the model, here)",
      "Last line: eval problems=… samples=… pass1=… low=… high=… cons=… cost=… currency=…"
          + " o1_cost=…",
      "ratio=… minutes=…; of a ranking also pairs=… tau=…; of bars nano model=… families=… bars=…",
      "bars_met=… korean_met=… steps_met=… answers=… checked=… valid=… formed=… cost=… minutes=…"
    })
public final class Eval implements Callable<Integer> {
  private static final String MODULE = "eval";
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "FILE | generate | check | bars", hideParamSyntax = true)
  private List<String> arguments = List.of();

  Eval(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    Path jar = jar(invocation.root());
    if (invocation.environment().getOrDefault("R1_NO_BUILD", "").isEmpty()) {
      buildIfStale(jar);
    }
    var command = new ArrayList<>(program(invocation.root()));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).inheritIO();
    addTarget(builder.environment());
    try {
      return builder.start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + jar, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  /** The program of the checkout {@code root}, without arguments. */
  public static List<String> program(Path root) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return List.of(
        java, "-Xmx1g", "-XX:+UseSerialGC", "-Xshare:auto", "-jar", jar(root).toString());
  }

  private static Path jar(Path root) {
    return root.resolve(MODULE + "/target/eval-0.1.0-SNAPSHOT.jar");
  }

  /** The platform that runs here and its standing key, unless the caller names others. */
  private void addTarget(Map<String, String> environment) {
    boolean told = arguments.contains("--base-url") || environment.containsKey("R1_URL");
    if (told || invocation.supervisor().running().isEmpty()) {
      return;
    }
    String url = invocation.runningPorts().url(Ports.Name.API);
    environment.put("R1_URL", url);
    if (!arguments.contains("--key") && !environment.containsKey("R1_KEY")) {
      String key = new Tenancy(invocation.adminApi()).standingKey(url, invocation.secrets());
      environment.put("R1_KEY", key);
    }
  }

  private void buildIfStale(Path jar) {
    Path module = invocation.root().resolve(MODULE);
    List<Path> sources =
        List.of(
            invocation.root().resolve("pom.xml"),
            module.resolve("pom.xml"),
            module.resolve("src/main"));
    if (!Staleness.isOlder(jar, sources)) {
      return;
    }
    spec.commandLine().getErr().println("building eval");
    Instant begun = invocation.clock().instant();
    int exit =
        new Maven(invocation.root(), invocation.home(), invocation.clock())
            .run(
                List.of(
                    "--projects",
                    MODULE,
                    "--also-make",
                    "-Dmaven.test.skip=true",
                    "-Dspotless.check.skip=true",
                    "package"),
                line -> {});
    if (exit != 0) {
      throw new IllegalStateException("the build failed; see " + invocation.home().log("build"));
    }
    try {
      Files.setLastModifiedTime(jar, FileTime.from(begun));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
