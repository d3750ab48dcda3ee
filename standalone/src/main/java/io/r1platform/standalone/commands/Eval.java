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
      "Options of a run: --model NAME, --samples K, --max-tokens N, --temperature T, --top-p P,",
      "--seed N, --plain, --siblings N, --keep-reasoning, --max-cost AMOUNT, --at-once N, --out DIR,",
      "--yes, --o1-prices IN,CACHED,OUT, --base-url URL, --key KEY (R1_URL, R1_KEY; without them the",
      "platform that runs here). Also: ./r1 eval generate --help, check --help.",
      "Last line: eval problems=… samples=… pass1=… low=… high=… cons=… cost=… currency=… o1_cost=…",
      "ratio=… minutes=…; of a ranking also pairs=… tau=…"
    })
public final class Eval implements Callable<Integer> {
  private static final String MODULE = "eval";
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "FILE | generate | check", hideParamSyntax = true)
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
