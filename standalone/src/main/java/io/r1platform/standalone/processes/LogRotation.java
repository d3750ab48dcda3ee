package io.r1platform.standalone.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Keeps log files small while their writers hold them open: a file over the limit is copied to
 * {@code <name>.1} (and so on) and cut to nothing. Writers append, so they go on at the new start.
 *
 * @param maxBytes size over which a file is rotated
 * @param keep how many old copies stay
 */
public record LogRotation(long maxBytes, int keep) {
  /** Rotates what has grown too large in {@code directory}. */
  public void rotate(Path directory) {
    try {
      List<Path> files;
      try (Stream<Path> all = Files.list(directory)) {
        files = all.filter(file -> file.toString().endsWith(".log")).toList();
      }
      for (Path file : files) {
        if (Files.size(file) > maxBytes) {
          rotateOne(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot rotate logs in " + directory, e);
    }
  }

  private void rotateOne(Path file) throws IOException {
    for (int old = keep - 1; old >= 1; old--) {
      Path from = numbered(file, old);
      if (Files.exists(from)) {
        Files.move(from, numbered(file, old + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.copy(file, numbered(file, 1), StandardCopyOption.REPLACE_EXISTING);
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }

  private static Path numbered(Path file, int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }
}
