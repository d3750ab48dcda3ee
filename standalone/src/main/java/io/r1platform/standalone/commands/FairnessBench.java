package io.r1platform.standalone.commands;

import io.r1platform.standalone.build.Maven;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs inference-service's own figures, which lie with its tests, and prints them. */
final class FairnessBench {
  private final Invocation invocation;

  FairnessBench(Invocation invocation) {
    this.invocation = invocation;
  }

  int run(PrintWriter out) {
    Path figures = invocation.root().resolve("inference-service/target/figures/fairness.txt");
    try {
      Files.deleteIfExists(figures);
      int exit =
          new Maven(invocation.root(), invocation.home(), invocation.clock())
              .run(
                  List.of(
                      "--projects",
                      "inference-service",
                      "--also-make",
                      "-Dspotless.check.skip=true",
                      "-Dnative.ctest.skip=true",
                      "-Dtest=NoUnitTests",
                      "-Dsurefire.failIfNoSpecifiedTests=false",
                      "-Dit.test=FairnessFigures",
                      "-Dfailsafe.failIfNoSpecifiedTests=false",
                      "verify"),
                  line -> {});
      if (Files.exists(figures)) {
        out.print(Files.readString(figures));
        return exit;
      }
      out.println("fairness FAILED; see " + invocation.home().log("build"));
      return 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
