package io.r1platform.inference.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

final class ModelSettingsTests {
  private static ModelSettings bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("r1.inference.models", Bindable.of(ModelSettings.class));
  }

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(bind(Map.of("r1.inference.models.path", "m.gguf")))
        .isEqualTo(new ModelSettings(Path.of("m.gguf"), "r1-nano", 2, 65_536, 32_768));
  }

  @Test
  void everyNameIsTheDocumentedOne() {
    assertThat(
            bind(
                Map.ofEntries(
                    Map.entry("r1.inference.models.path", "m.gguf"),
                    Map.entry("r1.inference.models.name", "n"),
                    Map.entry("r1.inference.models.model-id", "3"),
                    Map.entry("r1.inference.models.max-output-tokens", "9"),
                    Map.entry("r1.inference.models.default-max-tokens", "8"))))
        .isEqualTo(new ModelSettings(Path.of("m.gguf"), "n", 3, 9, 8));
  }
}
