package io.r1platform.billing.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class DocumentSettingsTests {
  @Test
  void namesAndDefaultsArePinned() {
    assertThat(bind(Map.of()))
        .isEqualTo(new DocumentSettings(null, 12, Duration.ofSeconds(10), false));
    assertThat(
            bind(
                Map.of(
                    "r1.billing.documents.mail-from", "billing@example.org",
                    "r1.billing.documents.attempts", "3",
                    "r1.billing.documents.timeout", "2s",
                    "r1.billing.documents.webhook-private-targets", "true")))
        .isEqualTo(new DocumentSettings("billing@example.org", 3, Duration.ofSeconds(2), true));
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> bind(Map.of("r1.billing.documents.attempts", "0")))
        .rootCause()
        .hasMessageContaining("attempts");
    assertThatThrownBy(() -> bind(Map.of("r1.billing.documents.timeout", "1h")))
        .rootCause()
        .hasMessageContaining("timeout");
  }

  private static DocumentSettings bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate("r1.billing.documents", DocumentSettings.class);
  }
}
