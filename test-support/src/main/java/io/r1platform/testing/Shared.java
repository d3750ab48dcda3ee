package io.r1platform.testing;

import org.jspecify.annotations.Nullable;

/** Holds the JVM's one server: class initialisation starts it at most once. */
final class Shared {
  static final TestServer SERVER = start(System.getenv("R1_TEST_POSTGRES"));

  private Shared() {}

  private static TestServer start(@Nullable String forced) {
    return switch (forced == null ? "" : forced) {
      case "container" -> TestServer.Container.start();
      case "embedded" -> TestServer.Embedded.start();
      case "" ->
          TestServer.Container.isAvailable()
              ? TestServer.Container.start()
              : TestServer.Embedded.start();
      default ->
          throw new IllegalArgumentException(
              "R1_TEST_POSTGRES is '" + forced + "'; it may be 'container' or 'embedded'");
    };
  }
}
