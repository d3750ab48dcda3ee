package io.r1platform.standalone.commands;

import io.r1platform.standalone.build.Maven;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The measurements of native's engine: each is a class beside its tests that writes its figures.
 */
enum NativeFigures {
  /** Tokens and logits against llama.cpp's own tool and transformers. */
  PARITY("ParityFigures"),
  /** Ten thousand requests, a third of them cancelled. */
  LEAKS("LeakFigures"),
  /** Speed against llama-batched-bench. */
  ENGINE("SpeedFigures"),
  /** What a token costs on its way to Java. */
  JNI("CrossingFigures"),
  /** What everything around a GPU takes, over the stand-in for tensorrt_llm. */
  TRTLLM("TrtllmBench");

  private final String testClass;

  NativeFigures(String testClass) {
    this.testClass = testClass;
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  int run(Invocation invocation, PrintWriter out) {
    Path file = invocation.root().resolve("native/target/figures/" + word() + ".txt");
    try {
      Files.deleteIfExists(file);
      int exit =
          new Maven(invocation.root(), invocation.home(), invocation.clock())
              .run(
                  List.of(
                      "--projects",
                      "native",
                      "--also-make",
                      "-Dspotless.check.skip=true",
                      "-Dnative.ctest.skip=true",
                      "-Dtest=" + testClass,
                      "-Dsurefire.failIfNoSpecifiedTests=false",
                      "test"),
                  line -> {});
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
