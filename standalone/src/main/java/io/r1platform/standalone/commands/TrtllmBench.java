package io.r1platform.standalone.commands;

import io.r1platform.standalone.build.Maven;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs native's own bench class, which lies with its tests, and prints its figures. */
final class TrtllmBench {
  private final Invocation invocation;

  TrtllmBench(Invocation invocation) {
    this.invocation = invocation;
  }

  int run(PrintWriter out) {
    Path figures = invocation.root().resolve("native/target/figures/trtllm.txt");
    try {
      Files.deleteIfExists(figures);
      int exit =
          new Maven(invocation.root(), invocation.home(), invocation.clock())
              .run(
                  List.of(
                      "--projects",
                      "native",
                      "--also-make",
                      "-Dspotless.check.skip=true",
                      "-Dtest=TrtllmBench",
                      "-Dsurefire.failIfNoSpecifiedTests=false",
                      "test"),
                  line -> {});
      if (exit == 0 && Files.exists(figures)) {
        out.print(Files.readString(figures));
        return 0;
      }
      out.println("trtllm FAILED; see " + invocation.home().log("build"));
      return 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
