package io.r1platform.inference.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.engine.EngineOptions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

final class GenerationSettingsTests {
  private static GenerationSettings bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("r1.inference.generation", Bindable.of(GenerationSettings.class));
  }

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(bind(Map.of()))
        .isEqualTo(
            new GenerationSettings(
                EngineOptions.Backend.LLAMACPP,
                "",
                16,
                1024,
                4_000_000,
                0,
                0,
                Duration.ofMinutes(10),
                Duration.ofMinutes(60),
                Duration.ofSeconds(120),
                Duration.ofSeconds(10),
                Duration.ofSeconds(120)));
  }

  @Test
  void everyNameIsTheDocumentedOne() {
    assertThat(
            bind(
                Map.ofEntries(
                    Map.entry("r1.inference.generation.backend", "trtllm"),
                    Map.entry("r1.inference.generation.backend-options", "{}"),
                    Map.entry("r1.inference.generation.max-running", "1"),
                    Map.entry("r1.inference.generation.max-waiting", "2"),
                    Map.entry("r1.inference.generation.max-waiting-tokens", "10"),
                    Map.entry("r1.inference.generation.context-tokens", "3"),
                    Map.entry("r1.inference.generation.threads", "4"),
                    Map.entry("r1.inference.generation.queue-timeout", "5s"),
                    Map.entry("r1.inference.generation.deadline", "6s"),
                    Map.entry("r1.inference.generation.stall-timeout", "7s"),
                    Map.entry("r1.inference.generation.receipt-timeout", "8s"),
                    Map.entry("r1.inference.generation.drain-timeout", "9s"))))
        .isEqualTo(
            new GenerationSettings(
                EngineOptions.Backend.TRTLLM,
                "{}",
                1,
                2,
                10,
                3,
                4,
                Duration.ofSeconds(5),
                Duration.ofSeconds(6),
                Duration.ofSeconds(7),
                Duration.ofSeconds(8),
                Duration.ofSeconds(9)));
  }
}
