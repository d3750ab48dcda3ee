package io.r1platform.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class of the tests in a process of its own. */
final class ChildJvm {
  /** What it said, both streams together, and how it ended. */
  record Result(int exitCode, String output) {}

  private ChildJvm() {}

  static Result run(Class<?> main, String... jvmArguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(jvmArguments));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dr1.native.dir=" + System.getProperty("r1.native.dir"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    try {
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("OMPI_COMM_WORLD_RANK", "3"); // as under a launcher of MPI programs
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
