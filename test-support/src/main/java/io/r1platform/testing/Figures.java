package io.r1platform.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a suite measured: one line in {@code target/figures}, which {@code ./r1 test} prints. */
public final class Figures {
  private Figures() {}

  /**
   * Writes the line of a suite.
   *
   * @param suite its word, for instance {@code streams}
   * @param figures {@code name=value} pairs
   */
  public static void write(String suite, String figures) {
    writeLine(suite, suite + " " + figures);
  }

  /** Writes any line in place of a suite's figures. */
  public static void writeLine(String suite, String line) {
    Path file = Path.of("target", "figures", suite + ".txt");
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, line + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
