package io.r1platform.testing;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the JVM's one server: class initialisation starts it at most once. */
final class Shared {
  private static final Logger log = LoggerFactory.getLogger(Shared.class);
  static final TestServer SERVER = start(System.getenv("R1_TEST_POSTGRES"));

  private Shared() {}

  /** An engine may answer, hold the image, and still not run it: then embedded, and it says so. */
  private static TestServer containerOrEmbedded() {
    try {
      if (TestServer.Container.isAvailable()) {
        return TestServer.Container.start();
      }
    } catch (RuntimeException e) { // Testcontainers and its Docker client throw many kinds
      log.warn("no PostgreSQL container, the tests use an embedded one: {}", e.toString());
    }
    return TestServer.Embedded.start();
  }

  private static TestServer start(@Nullable String forced) {
    return switch (forced == null ? "" : forced) {
      case "container" -> TestServer.Container.start();
      case "embedded" -> TestServer.Embedded.start();
      case "" -> containerOrEmbedded();
      default ->
          throw new IllegalArgumentException(
              "R1_TEST_POSTGRES is '" + forced + "'; it may be 'container' or 'embedded'");
    };
  }
}
