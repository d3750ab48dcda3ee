package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The browser that {@code R1_CHROMIUM} or the path names. */
final class Chromium {
  /** What {@code ./r1 test} shows where there is none. */
  static final String MISSING = "skipped: Chromium not found";

  private Chromium() {}

  static Optional<Path> find(Map<String, String> environment) {
    String named = environment.getOrDefault("R1_CHROMIUM", "");
    Stream<Path> places =
        named.isBlank()
            ? Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, "chromium"))
            : Stream.of(Path.of(named));
    return places.filter(Files::isExecutable).findFirst();
  }

  /**
   * Skips the test where there is no browser, with a line to {@code shown}; fails it where {@code
   * R1_REQUIRE_CHROMIUM} is 1.
   */
  static Path require(Map<String, String> environment, Consumer<String> shown) {
    Optional<Path> found = find(environment);
    if (found.isEmpty()) {
      assertThat(environment.get("R1_REQUIRE_CHROMIUM")).as(MISSING).isNotEqualTo("1");
      shown.accept(MISSING);
      Assumptions.abort(MISSING);
    }
    return found.orElseThrow();
  }
}
