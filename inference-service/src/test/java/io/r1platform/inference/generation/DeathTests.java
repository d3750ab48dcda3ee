package io.r1platform.inference.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r1platform.engine.Engine;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineOptions;
import io.r1platform.engine.EngineOptions.Backend;
import io.r1platform.inference.generation.Death.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class DeathTests {
  private final EngineException failure = failure();

  private static EngineException failure() {
    EngineOptions nothing = EngineOptions.defaults(Path.of("no-such-model.gguf"));
    return catchThrowableOfType(EngineException.class, () -> Engine.open(nothing).close());
  }

  @Test
  void aFileThatIsRefusedHarmsNobody() {
    var refused = new Death(Kind.NOT_LOADED, failure);
    assertThat(refused.contained(Backend.LLAMACPP, false)).isTrue();
    var withoutMarkers = new Death(Kind.NOT_LOADED, new IllegalArgumentException("no <think>"));
    assertThat(withoutMarkers.contained(Backend.LLAMACPP, false)).isTrue();
  }

  @Test
  void anEngineThatDiedIsContainedIfAnotherModelIsServed() {
    assertThat(new Death(Kind.DIED, failure).contained(Backend.LLAMACPP, true)).isTrue();
    assertThat(new Death(Kind.DIED, failure).contained(Backend.LLAMACPP, false)).isFalse();
  }

  @Test
  void aHungEngineKeepsItsMemoryAndSoEndsTheProcess() {
    assertThat(new Death(Kind.HANGS, null).contained(Backend.LLAMACPP, true)).isFalse();
  }

  @Test
  void afterAnErrorNothingInTheProcessIsSure() {
    var death = new Death(Kind.DIED, new StackOverflowError());
    assertThat(death.contained(Backend.LLAMACPP, true)).isFalse();
  }

  @Test
  void ranksKeepTheirGpus() {
    assertThat(new Death(Kind.NOT_LOADED, failure).contained(Backend.TRTLLM, false)).isFalse();
    assertThat(new Death(Kind.DIED, failure).contained(Backend.TRTLLM, true)).isFalse();
  }
}
