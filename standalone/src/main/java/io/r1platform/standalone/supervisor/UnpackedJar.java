package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A service's executable jar, unpacked by Spring Boot's own tool: it starts faster than nested
 * jars, and a build may replace the original while this one runs.
 *
 * @param jar the jar to start
 * @param archive where the JVM keeps the loaded classes for the next start, as its first orderly
 *     end leaves them. It goes with the jar: the JVM itself looks at a jar's size and time only
 */
record UnpackedJar(Path jar, Path archive) {
  /** The jar of {@code part}, unpacked unless that was done for this very file before. */
  static UnpackedJar of(Home home, Part part, Path original) {
    if (!Files.exists(original)) {
      throw new IllegalStateException(original + " is missing; ./r1 up builds it");
    }
    Path target = home.apps().resolve(part.service());
    Path stamp = home.apps().resolve(part.service() + ".unpacked");
    Path archive = home.apps().resolve(part.service() + ".jsa");
    try {
      // Not the modification time, which reproducible builds set to a constant.
      String identity = Files.readAttributes(original, "unix:ino,size,ctime").toString();
      if (!Files.exists(stamp) || !Files.readString(stamp).equals(identity)) {
        Files.deleteIfExists(stamp);
        Files.deleteIfExists(archive);
        unpack(home, original, target);
        Home.write(stamp, identity);
      }
      return new UnpackedJar(target.resolve(original.getFileName()), archive);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack " + original, e);
    }
  }

  private static void unpack(Home home, Path original, Path target) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djarmode=tools",
                "-jar",
                original.toString(),
                "extract",
                "--force",
                "--destination",
                target.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.log(Part.SUPERVISOR).toFile()))
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("extract ended with exit code " + process.exitValue());
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
