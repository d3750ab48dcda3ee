package io.r1platform.inference.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

final class ModelsTests {
  private static final ModelFacts FACTS = new ModelFacts("b", "ff", "ee", 512, false, List.of());

  private final Models models =
      new Models(
          new ModelSettings(List.of(plan("first", 1)), 2),
          Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
  private final ServedModel first = models.add(plan("first", 1));

  private static ModelPlan plan(String name, int modelId) {
    return new ModelPlan(Path.of("m.gguf"), name, modelId, 512, 512, 0, 0);
  }

  private Status health() {
    return new ModelHealth(models).health().getStatus();
  }

  private ErrorCode refusalOf(ModelPlan plan) {
    return catchThrowableOfType(ServiceException.class, () -> models.add(plan)).code();
  }

  @Test
  void namesAndNumbersAreUniqueAndTheRegistryIsBounded() {
    assertThat(refusalOf(plan("first", 2))).isEqualTo(ErrorCode.INVALID_STATE);
    assertThat(refusalOf(plan("second", 1))).isEqualTo(ErrorCode.INVALID_STATE);
    ServedModel second = models.add(plan("second", 2));
    assertThat(refusalOf(plan("third", 3))).isEqualTo(ErrorCode.INVALID_STATE);
    models.remove(second);
    assertThat(models.add(plan("third", 2)).name()).isEqualTo("third");
  }

  @Test
  void onlyAReadyModelOfAProcessThatDoesNotDrainIsReady() {
    assertThat(health()).isEqualTo(Status.OUT_OF_SERVICE);
    first.loaded(FACTS);
    assertThat(health()).isEqualTo(Status.UP);
    models.drain();
    assertThat(health()).isEqualTo(Status.OUT_OF_SERVICE);
  }

  @Test
  void aProcessWhoseModelsAllFailedIsDown() {
    first.failed("on purpose");
    assertThat(health()).isEqualTo(Status.DOWN);
  }

  @Test
  void whatIsBeingUnloadedDoesNotBecomeReady() {
    assertThat(first.unloading()).isTrue();
    first.loaded(FACTS);
    assertThat(models.anyReady()).isFalse();
    ServiceException refused =
        catchThrowableOfType(ServiceException.class, () -> models.require("first"));
    assertThat(refused.code()).isEqualTo(ErrorCode.SERVER_DRAINING);
    assertThat(first.unloading()).isFalse();
  }
}
