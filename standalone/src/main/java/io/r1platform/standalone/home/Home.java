package io.r1platform.standalone.home;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * One installation's directory, {@code .r1/} in the checkout unless R1_HOME moves it.
 *
 * @param path absolute and normalized
 */
public record Home(Path path) {
  /** Makes the path absolute. */
  public Home {
    path = path.toAbsolutePath().normalize();
  }

  /** What runs now: process records, the instance, the supervisor's lock and progress. */
  public Path run() {
    return directory("run");
  }

  /** What the parts print, one rotated file each. */
  public Path logs() {
    return directory("logs");
  }

  /** Tokens and passwords, one file each, mode 0600. */
  public Path secrets() {
    return directory("secrets");
  }

  /** PostgreSQL's programs and data. */
  public Path postgres() {
    return directory("postgres");
  }

  /** Files of exports that wait for download. */
  public Path exports() {
    return directory("exports");
  }

  /** The registry of models, and those that were copied. */
  public Path models() {
    return directory("models");
  }

  /** The services' jars, unpacked, so that a build never replaces a jar in use. */
  public Path apps() {
    return directory("apps");
  }

  /** Where the operator may write settings of a part that go over ours; need not exist. */
  public Path settings(String part) {
    return path.resolve("settings").resolve(part + ".json");
  }

  /** The log file of a part. */
  public Path log(String part) {
    return logs().resolve(part + ".log");
  }

  /** On every command line that this installation starts; tells its processes from others. */
  public String marker() {
    return "-Dr1.home=" + path;
  }

  private Path directory(String name) {
    try {
      Path directory = path.resolve(name);
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(path);
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + path.resolve(name), e);
    }
  }

  /**
   * Replaces a file whole: a reader sees the old or the new text, also after the power failed. Mode
   * 0600.
   */
  public static void write(Path file, String text) {
    try {
      Path fresh =
          Files.createTempFile(
              file.toAbsolutePath().getParent(),
              file.getFileName().toString(),
              ".new",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true); // else the rename may reach the disk before the text
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
