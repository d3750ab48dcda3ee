package io.r1platform.billing.exports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ExportSettingsTests {
  @Test
  void namesAndDefaultsArePinned() {
    assertThat(bind(Map.of())).isEqualTo(new ExportSettings(4, 2_000));
    assertThat(
            bind(
                Map.of("r1.billing.exports.concurrent", "3", "r1.billing.exports.fetch-rows", "7")))
        .isEqualTo(new ExportSettings(3, 7));
  }

  private static ExportSettings bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate("r1.billing.exports", ExportSettings.class);
  }
}
