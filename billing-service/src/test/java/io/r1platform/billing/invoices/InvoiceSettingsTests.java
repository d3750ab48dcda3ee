package io.r1platform.billing.invoices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.json.JsonMapper;

class InvoiceSettingsTests {
  @Test
  void namesAndDefaultsArePinned() {
    assertThat(bind(Map.of()))
        .isEqualTo(
            new InvoiceSettings(
                "R1 Platform",
                "",
                null,
                "",
                "R1",
                Duration.ofHours(24),
                Duration.ofDays(5),
                true,
                true));
    assertThat(
            bind(
                Map.of(
                    "r1.billing.invoices.issuer", "Acme",
                    "r1.billing.invoices.issuer-address", "Main Street 1|Seoul",
                    "r1.billing.invoices.issuer-tax-number", "123-45-67890",
                    "r1.billing.invoices.payment-details", "Bank|Account 1",
                    "r1.billing.invoices.prefix", "ACME",
                    "r1.billing.invoices.grace", "36h",
                    "r1.billing.invoices.draft-patience", "3d",
                    "r1.billing.invoices.close", "false",
                    "r1.billing.invoices.finalize-when-clear", "false")))
        .isEqualTo(
            new InvoiceSettings(
                "Acme",
                "Main Street 1|Seoul",
                "123-45-67890",
                "Bank|Account 1",
                "ACME",
                Duration.ofHours(36),
                Duration.ofDays(3),
                false,
                false));
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> bind(Map.of("r1.billing.invoices.prefix", "A-B")))
        .rootCause()
        .hasMessageContaining("prefix");
    assertThatThrownBy(() -> bind(Map.of("r1.billing.invoices.grace", "30d")))
        .rootCause()
        .hasMessageContaining("grace");
    assertThatThrownBy(() -> bind(Map.of("r1.billing.invoices.draft-patience", "1h")))
        .rootCause()
        .hasMessageContaining("draft-patience");
  }

  private static InvoiceSettings bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate("r1.billing.invoices", InvoiceSettings.class);
  }

  @Test
  void whatWasCopiedBeforeThereWerePaymentDetailsHasNone() {
    String copied = "{\"name\":\"Acme\",\"address\":[\"Main Street 1\"]}";
    assertThat(new JsonMapper().readValue(copied, InvoiceView.Party.class))
        .isEqualTo(new InvoiceView.Party("Acme", List.of("Main Street 1"), null, List.of()));
  }
}
