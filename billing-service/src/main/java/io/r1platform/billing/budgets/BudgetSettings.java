package io.r1platform.billing.budgets;

import java.math.BigInteger;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How budgets hold.
 *
 * @param defaultCreditLimit what an organization nobody set a credit limit for may owe, in whole
 *     units of the currency
 * @param currency of accounts that are made on demand, ISO 4217
 * @param webhookAttempts times an alert is sent before it is given up
 * @param webhookTimeout how long a target may take to answer
 * @param webhookPrivateTargets whether loopback and private addresses may be called
 */
@ConfigurationProperties("r1.billing.budgets")
record BudgetSettings(
    @DefaultValue("100") long defaultCreditLimit,
    @DefaultValue("USD") String currency,
    @DefaultValue("12") int webhookAttempts,
    @DefaultValue("10s") Duration webhookTimeout,
    @DefaultValue("false") boolean webhookPrivateTargets) {
  private static final BigInteger PICO = BigInteger.TEN.pow(12);

  BudgetSettings {
    if (defaultCreditLimit < 0 || !currency.matches("[A-Z]{3}")) {
      throw new IllegalArgumentException(
          "default-credit-limit must not be negative, currency three capital letters");
    }
    if (webhookAttempts < 1
        || webhookAttempts > 30
        || webhookTimeout.toMillis() < 1
        || webhookTimeout.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("webhook-attempts is 1 to 30, webhook-timeout up to 1m");
    }
  }

  /** The default credit limit in pico. */
  BigInteger defaultCreditPico() {
    return PICO.multiply(BigInteger.valueOf(defaultCreditLimit));
  }
}
