package io.r1platform.standalone.commands;

import io.r1platform.standalone.build.Maven;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The measurements of inference-service: each is a class beside its tests that writes its figures.
 */
enum InferenceFigures {
  /** What the queue gives to whom. */
  FAIRNESS("FairnessFigures"),
  /** Whether answers are of their schemas. */
  SCHEMAS("SchemaFigures"),
  /** Speed over HTTP against llama-server. */
  HTTP("HttpFigures"),
  /** Memory while models come and go; takes {@code r1.soak.minutes}. */
  SOAK("SoakFigures");

  private final String testClass;

  InferenceFigures(String testClass) {
    this.testClass = testClass;
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** On a database that syncs, as in production; with these properties, {@code -Dname=value}. */
  int run(Invocation invocation, PrintWriter out, String... properties) {
    Path file = invocation.root().resolve("inference-service/target/figures/" + word() + ".txt");
    var arguments =
        new ArrayList<String>(
            List.of(
                "--projects",
                "inference-service",
                "--also-make",
                "-Dspotless.check.skip=true",
                "-Dnative.ctest.skip=true",
                "-Dtest=NoUnitTests",
                "-Dsurefire.failIfNoSpecifiedTests=false",
                "-Dit.test=" + testClass,
                "-Dfailsafe.failIfNoSpecifiedTests=false",
                "-Dr1.test.durable=true"));
    arguments.addAll(List.of(properties));
    arguments.add("verify");
    try {
      Files.deleteIfExists(file);
      int exit =
          new Maven(invocation.root(), invocation.home(), invocation.clock())
              .run(arguments, line -> {});
      if (Files.exists(file)) {
        out.print(Files.readString(file));
        return exit;
      }
      out.println(word() + " FAILED; see " + invocation.home().log("build"));
      return 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
