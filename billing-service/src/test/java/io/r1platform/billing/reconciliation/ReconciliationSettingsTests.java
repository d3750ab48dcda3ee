package io.r1platform.billing.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ReconciliationSettingsTests {
  @Test
  void namesAndDefaultsArePinned() {
    assertThat(bind(Map.of())).isEqualTo(new ReconciliationSettings(Duration.ofMinutes(9)));
    assertThat(bind(Map.of("r1.billing.reconciliation.law-timeout", "2s")))
        .isEqualTo(new ReconciliationSettings(Duration.ofSeconds(2)));
  }

  @Test
  void noStatementMayOutliveItsConnection() {
    for (long seconds : new long[] {0, 9 * 60 + 1}) {
      assertThatThrownBy(() -> new ReconciliationSettings(Duration.ofSeconds(seconds)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static ReconciliationSettings bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate("r1.billing.reconciliation", ReconciliationSettings.class);
  }
}
