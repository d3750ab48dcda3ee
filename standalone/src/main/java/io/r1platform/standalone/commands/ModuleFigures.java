package io.r1platform.standalone.commands;

import io.r1platform.standalone.build.Maven;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs one class of a module's tests alone; it writes its line to the module's {@code
 * target/figures}.
 *
 * @param word of the file and in messages
 */
record ModuleFigures(String module, String word, String testClass) {

  /**
   * With these properties, {@code -Dname=value}; prints how far it is, then its line, and returns
   * Maven's exit code.
   */
  int run(Invocation invocation, PrintWriter out, List<String> properties) {
    Path file = invocation.root().resolve(module + "/target/figures/" + word + ".txt");
    var arguments =
        new ArrayList<String>(
            List.of(
                "--projects",
                module,
                "--also-make",
                "-Dspotless.check.skip=true",
                "-Dnative.ctest.skip=true",
                "-Dtest=NoUnitTests",
                "-Dsurefire.failIfNoSpecifiedTests=false",
                "-Dit.test=" + testClass,
                "-Dfailsafe.failIfNoSpecifiedTests=false"));
    arguments.addAll(properties);
    arguments.add("verify");
    try {
      Files.deleteIfExists(file);
      int exit =
          new Maven(invocation.root(), invocation.home(), invocation.clock())
              .run(arguments, line -> show(line, out));
      if (Files.exists(file)) {
        out.print(Files.readString(file));
        return exit;
      }
      out.println(word + " FAILED; see " + invocation.home().log("build"));
      return 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A test tells how far it is by lines that begin with its word. */
  private void show(String line, PrintWriter out) {
    if (line.startsWith(word + ": ")) {
      out.println(line);
      out.flush();
    }
  }
}
