package io.r1platform.standalone.commands;

import io.r1platform.standalone.build.Maven;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs billing-service's own bench class, which lies with its tests, and prints its figures. */
final class IngestBench {
  private final Invocation invocation;

  IngestBench(Invocation invocation) {
    this.invocation = invocation;
  }

  int run(int seconds, PrintWriter out) {
    if (seconds < 1 || seconds > 3_600) {
      throw new IllegalArgumentException("--seconds must be 1 to 3600");
    }
    Path figures = invocation.root().resolve("billing-service/target/figures/ingest.txt");
    try {
      Files.deleteIfExists(figures);
      int exit =
          new Maven(invocation.root(), invocation.home(), invocation.clock())
              .run(
                  List.of(
                      "--projects",
                      "billing-service",
                      "--also-make",
                      "-Dspotless.check.skip=true",
                      "-Dtest=NoUnitTests",
                      "-Dsurefire.failIfNoSpecifiedTests=false",
                      "-Dit.test=IngestBench",
                      "-Dfailsafe.failIfNoSpecifiedTests=false",
                      "-Dtest.jvm.extra=-Dr1.test.durable=true -Dr1.bench.seconds=" + seconds,
                      "verify"),
                  line -> {});
      if (exit == 0 && Files.exists(figures)) {
        out.print(Files.readString(figures));
        return 0;
      }
      out.println("ingest FAILED; see " + invocation.home().log("build"));
      return 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
