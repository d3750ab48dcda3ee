package io.r1platform.billing.documents;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How invoices are sent.
 *
 * @param mailFrom the sender's address; null: nothing is sent by e-mail. The server is Spring's
 *     {@code spring.mail.host} and what goes with it
 * @param attempts how often one is tried before it is given up
 * @param timeout how long a webhook's target may take
 * @param webhookPrivateTargets whether webhooks may go to addresses that are not public
 */
@ConfigurationProperties("r1.billing.documents")
record DocumentSettings(
    @Nullable String mailFrom,
    @DefaultValue("12") int attempts,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("false") boolean webhookPrivateTargets) {
  DocumentSettings {
    if (attempts < 1 || attempts > 100) {
      throw new IllegalArgumentException("r1.billing.documents.attempts is from 1 to 100");
    }
    if (timeout.compareTo(Duration.ofMillis(100)) < 0
        || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("r1.billing.documents.timeout is from 100ms to 1m");
    }
  }
}
