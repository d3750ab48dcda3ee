package io.r1platform.api.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class KeySettingsTests {
  @Test
  void namesAndDefaultsStay() {
    assertThat(bind(Map.of()))
        .isEqualTo(
            new KeySettings(
                100_000,
                Duration.ofMillis(250),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                4,
                Duration.ofSeconds(10),
                Duration.ofDays(7)));
    assertThat(
            bind(
                Map.of(
                    "r1.api.keys.cache-size", "5",
                    "r1.api.keys.poll-interval", "10ms",
                    "r1.api.keys.confirmation-limit", "20ms",
                    "r1.api.keys.lookup-timeout", "30ms",
                    "r1.api.keys.lookups", "6",
                    "r1.api.keys.use-flush-interval", "7s",
                    "r1.api.keys.keep-changes-for", "8d")))
        .isEqualTo(
            new KeySettings(
                5,
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                Duration.ofMillis(30),
                6,
                Duration.ofSeconds(7),
                Duration.ofDays(8)));
  }

  private static KeySettings bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("r1.api.keys", KeySettings.class);
  }
}
