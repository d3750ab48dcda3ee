package io.r1platform.inference.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

final class ModelSettingsTests {
  private static ModelSettings bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("r1.inference", Bindable.of(ModelSettings.class));
  }

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(bind(Map.of("r1.inference.models[0].path", "m.gguf")))
        .isEqualTo(
            new ModelSettings(
                List.of(new ModelPlan(Path.of("m.gguf"), "r1-nano", 2, 65_536, 32_768, 0, 0)), 8));
  }

  @Test
  void everyNameIsTheDocumentedOne() {
    assertThat(
            bind(
                Map.ofEntries(
                    Map.entry("r1.inference.models-max", "3"),
                    Map.entry("r1.inference.models[0].path", "m.gguf"),
                    Map.entry("r1.inference.models[0].name", "n"),
                    Map.entry("r1.inference.models[0].model-id", "3"),
                    Map.entry("r1.inference.models[0].max-output-tokens", "9"),
                    Map.entry("r1.inference.models[0].default-max-tokens", "8"),
                    Map.entry("r1.inference.models[0].context-tokens", "7"),
                    Map.entry("r1.inference.models[0].max-running", "6"),
                    Map.entry("r1.inference.models[1].path", "o.gguf"))))
        .isEqualTo(
            new ModelSettings(
                List.of(
                    new ModelPlan(Path.of("m.gguf"), "n", 3, 9, 8, 7, 6),
                    new ModelPlan(Path.of("o.gguf"), "r1-nano", 2, 65_536, 32_768, 0, 0)),
                3));
  }

  @Test
  void theNameOfTheOnlyModelBeforeThereWereSeveralIsNotTakenInSilence() {
    assertThatThrownBy(() -> bind(Map.of("r1.inference.models.path", "m.gguf")))
        .rootCause()
        .hasMessageContaining("r1.inference.models[0].path must be set");
  }
}
