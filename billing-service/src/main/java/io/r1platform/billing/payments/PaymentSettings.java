package io.r1platform.billing.payments;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which payment providers may call.
 *
 * @param testSecretFile one or two secrets of the provider {@code test}, a line each, as Standard
 *     Webhooks writes them ({@code whsec_} and base64); without the file that provider is unknown
 * @param tolerance how far an event's time may lie from ours
 */
@ConfigurationProperties("r1.billing.payments")
record PaymentSettings(@Nullable Path testSecretFile, @DefaultValue("5m") Duration tolerance) {
  PaymentSettings {
    if (tolerance.isNegative()
        || tolerance.isZero()
        || tolerance.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("r1.billing.payments.tolerance is above 0, up to 1h");
    }
  }
}
