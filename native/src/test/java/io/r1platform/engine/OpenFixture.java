package io.r1platform.engine;

import java.nio.file.Path;
import java.time.Duration;

/** A main class that loads the fixture with the libraries of a directory and says what came. */
final class OpenFixture {
  private OpenFixture() {}

  public static void main(String[] arguments) {
    NativeLibrary.directory();
    EngineOptions options = EngineOptions.defaults(Fixture.MODEL);
    NativeEngine engine =
        NativeEngine.create(options, Path.of(System.getProperty("r1.test.libraries")));
    EngineState state = engine.state(0);
    for (int i = 0; i < 60 && state.phase() == EngineState.Phase.LOADING; i++) {
      state = engine.state((int) Duration.ofSeconds(1).toMillis());
    }
    System.out.println(
        state.phase() == EngineState.Phase.FAILED ? engine.failure(state).getMessage() : "loaded");
    engine.destroy();
  }
}
