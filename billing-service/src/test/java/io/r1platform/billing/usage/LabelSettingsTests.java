package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class LabelSettingsTests {
  @Test
  void nameAndDefaultArePinned() {
    assertThat(bind(Map.of())).isEqualTo(new LabelSettings(400));
    assertThat(bind(Map.of("r1.billing.labels.keep-days", "30"))).isEqualTo(new LabelSettings(30));
    for (int days : new int[] {0, 3_651}) {
      assertThatThrownBy(() -> new LabelSettings(days))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static LabelSettings bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate("r1.billing.labels", LabelSettings.class);
  }
}
