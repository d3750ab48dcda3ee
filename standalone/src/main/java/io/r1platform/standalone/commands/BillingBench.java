package io.r1platform.standalone.commands;

import io.r1platform.standalone.build.Maven;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs a bench class of billing-service, which lies with its tests, and prints how far it is and
 * its figures.
 *
 * @param name the word of its last line
 * @param type the class
 * @param option what its JVM is told
 */
record BillingBench(Invocation invocation, String name, String type, String option) {
  int run(boolean inRange, PrintWriter out) {
    if (!inRange) {
      throw new IllegalArgumentException("--seconds must be 1 to 3600, --rows 1 to 100000000");
    }
    Path figures =
        invocation.root().resolve("billing-service/target/figures/%s.txt".formatted(name));
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
                      "-Dit.test=" + type,
                      "-Dfailsafe.failIfNoSpecifiedTests=false",
                      "-Dtest.jvm.extra=-Dr1.test.durable=true " + option,
                      "verify"),
                  line -> {
                    if (line.startsWith(name + ": ")) { // how far it is
                      out.println(line);
                      out.flush();
                    }
                  });
      if (exit == 0 && Files.exists(figures)) {
        out.print(Files.readString(figures));
        return 0;
      }
      out.println(name + " FAILED; see " + invocation.home().log("build"));
      return 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
