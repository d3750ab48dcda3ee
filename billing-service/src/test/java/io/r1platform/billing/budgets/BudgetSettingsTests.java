package io.r1platform.billing.budgets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class BudgetSettingsTests {
  @Test
  void namesAndDefaultsArePinned() {
    assertThat(bind(Map.of()))
        .isEqualTo(new BudgetSettings(100, "USD", 12, Duration.ofSeconds(10), false));
    assertThat(
            bind(
                Map.of(
                    "r1.billing.budgets.default-credit-limit", "0",
                    "r1.billing.budgets.currency", "CNY",
                    "r1.billing.budgets.webhook-attempts", "3",
                    "r1.billing.budgets.webhook-timeout", "2s",
                    "r1.billing.budgets.webhook-private-targets", "true")))
        .isEqualTo(new BudgetSettings(0, "CNY", 3, Duration.ofSeconds(2), true));
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> bind(Map.of("r1.billing.budgets.default-credit-limit", "-1")))
        .rootCause()
        .hasMessageContaining("default-credit-limit");
  }

  private static BudgetSettings bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate("r1.billing.budgets", BudgetSettings.class);
  }
}
