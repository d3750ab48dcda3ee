package io.r1platform.standalone.commands;

import io.r1platform.standalone.build.Maven;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the differential test of the raters in its long form and prints its figures. It needs no jar
 * of a service, so it is no suite.
 */
final class RaterTest {
  static final String WORD = "rater";
  private static final int CHARGES = 1_000_000;

  private final Invocation invocation;

  RaterTest(Invocation invocation) {
    this.invocation = invocation;
  }

  int run(PrintWriter out) {
    Path figures = invocation.root().resolve("standalone/target/figures/rater.txt");
    try {
      Files.deleteIfExists(figures);
      int exit =
          new Maven(invocation.root(), invocation.home(), invocation.clock())
              .run(
                  List.of(
                      "--projects",
                      "standalone",
                      "--also-make",
                      "-Dspotless.check.skip=true",
                      "-Dtest=RaterDifferentialTests",
                      "-Dsurefire.failIfNoSpecifiedTests=false",
                      "-Dtest.jvm.extra=-Dr1.rater.charges=" + CHARGES,
                      "test"),
                  line -> {});
      if (Files.exists(figures)) {
        out.print(Files.readString(figures));
        return exit;
      }
      out.println("rater FAILED; see " + invocation.home().log("build"));
      return 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
