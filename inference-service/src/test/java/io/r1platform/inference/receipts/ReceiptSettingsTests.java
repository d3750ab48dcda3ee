package io.r1platform.inference.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

final class ReceiptSettingsTests {
  private static ReceiptSettings bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("r1.inference.receipts", Bindable.of(ReceiptSettings.class));
  }

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(bind(Map.of("r1.inference.receipts.billing-token-file", "t")))
        .isEqualTo(
            new ReceiptSettings(
                URI.create("http://127.0.0.1:8070"),
                Path.of("t"),
                "local",
                256,
                1_000,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                35));
  }

  @Test
  void everyNameIsTheDocumentedOne() {
    assertThat(
            bind(
                Map.ofEntries(
                    Map.entry("r1.inference.receipts.billing-url", "http://b"),
                    Map.entry("r1.inference.receipts.billing-token-file", "t"),
                    Map.entry("r1.inference.receipts.instance-name", "n"),
                    Map.entry("r1.inference.receipts.commit-rows", "2"),
                    Map.entry("r1.inference.receipts.ship-rows", "3"),
                    Map.entry("r1.inference.receipts.ship-every", "8ms"),
                    Map.entry("r1.inference.receipts.ship-interval", "4s"),
                    Map.entry("r1.inference.receipts.ship-backoff", "5s"),
                    Map.entry("r1.inference.receipts.ship-timeout", "6s"),
                    Map.entry("r1.inference.receipts.keep-days", "7"))))
        .isEqualTo(
            new ReceiptSettings(
                URI.create("http://b"),
                Path.of("t"),
                "n",
                2,
                3,
                Duration.ofMillis(8),
                Duration.ofSeconds(4),
                Duration.ofSeconds(5),
                Duration.ofSeconds(6),
                7));
  }
}
