package io.r1platform.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What the measuring classes share: their figures' file, llama.cpp's own tools, a process. */
final class Figures {
  /** Where CMake's preset {@code source} builds llama.cpp, its tools and our backend on it. */
  static final Path SOURCE_BUILD = Path.of("target/cmake/source");

  static final Path SOURCE_LIBRARIES = SOURCE_BUILD.resolve("classes/native/linux-x86_64");

  private Figures() {}

  /** Writes the last line of a figure: its name and {@code key=value …}. */
  @SuppressWarnings("AnnotateFormatMethod") // its annotation is no dependency of ours
  static void write(String name, String format, Object... values) {
    String line = name + " " + String.format(Locale.ROOT, format, values) + "\n";
    try {
      Path file = Path.of("target/figures", name + ".txt");
      Files.createDirectories(file.getParent());
      Files.writeString(file, line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.print(line);
  }

  /** Builds these targets of the preset {@code source}; the first time takes minutes. */
  static void buildFromSource(String... targets) {
    build("source", targets);
  }

  /**
   * The libraries of the preset {@code source}, but for its processor kernels, which are those of
   * the preset {@code exact}.
   */
  static Path exactLibraries() {
    buildFromSource("r1_llamacpp", "gather");
    build("exact", "ggml-cpu");
    Path libraries = Path.of("target/cmake/exact/libraries");
    try {
      Files.createDirectories(libraries);
      try (Stream<Path> files = Files.list(SOURCE_LIBRARIES)) {
        for (Path file : files.toList()) {
          copy(file, libraries);
        }
      }
      copy(Path.of("target/cmake/exact/bin/libggml-cpu.so"), libraries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return libraries;
  }

  private static void copy(Path file, Path directory) throws IOException {
    Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
  }

  private static void build(String preset, String... targets) {
    run(Path.of("."), List.of("cmake", "--preset", preset));
    List<String> build =
        new ArrayList<>(
            List.of("cmake", "--build", "--preset", preset, "--parallel", "2", "--target"));
    build.addAll(Arrays.asList(targets));
    run(Path.of("."), build);
  }

  /** A tool of that build. */
  static String tool(String name) {
    return SOURCE_BUILD.resolve("bin").resolve(name).toAbsolutePath().toString();
  }

  /** Runs a command and returns what it printed to standard output. */
  static String run(Path directory, List<String> command) {
    try {
      Path errors = Files.createTempFile("r1-figures-", ".log");
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(errors.toFile())
              .start();
      StringBuilder output = new StringBuilder();
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        reader.lines().forEach(line -> output.append(line).append('\n'));
      }
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + " failed: " + Files.readString(errors));
      }
      Files.delete(errors);
      return output.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** An engine on the libraries of a directory, ready. */
  static NativeEngine open(EngineOptions options, Path libraries) {
    NativeLibrary.directory(); // loads the JNI library
    NativeEngine engine = NativeEngine.create(options, libraries.toAbsolutePath());
    EngineState state = engine.state(0);
    while (state.phase() == EngineState.Phase.LOADING) {
      state = engine.state(1_000);
    }
    if (!state.ready()) {
      throw engine.failure(state);
    }
    return engine;
  }
}
