package io.r1platform.standalone.overspend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The services' jars of production, unpacked by Spring Boot's own tool. */
final class Jars {
  private static final Path HOME =
      Path.of("target", "overspend" + System.getProperty("r1.fork", "")).toAbsolutePath();

  private Jars() {}

  /** The program that runs this test. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Where logs go. */
  static Path home() throws IOException {
    return Files.createDirectories(HOME);
  }

  /** Unpacks a service; returns its jar, which has its libraries in {@code lib} beside it. */
  static Path unpack(String service) throws IOException, InterruptedException {
    Path target = home().resolve(service);
    Process process =
        new ProcessBuilder(
                java(),
                "-XX:TieredStopAtLevel=1",
                "-Djarmode=tools",
                "-jar",
                original(service).toString(),
                "extract",
                "--force",
                "--destination",
                target.toString())
            .redirectErrorStream(true)
            .redirectOutput(home().resolve(service + "-unpack.log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("unpacking of " + service + " ended with " + process.exitValue());
    }
    return target.resolve(original(service).getFileName());
  }

  /** The class path of an unpacked service, before it this module's test classes. */
  static String classPath(Path jar) {
    return String.join(
        System.getProperty("path.separator"),
        List.of(
            Path.of("target", "test-classes").toAbsolutePath().toString(),
            jar.toString(),
            jar.resolveSibling("lib").resolve("*").toString()));
  }

  private static Path original(String service) throws IOException {
    Path target = Path.of(System.getProperty("r1.root", ".."), service, "target");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-exec.jar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no executable jar of " + service));
    }
  }
}
