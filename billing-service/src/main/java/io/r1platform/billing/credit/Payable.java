package io.r1platform.billing.credit;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What one posted request costs.
 *
 * @param tenantId who pays
 * @param currency ISO 4217
 * @param admittedAt when it was admitted: credit that was valid then may pay
 * @param amountPico pico of the currency, never negative
 */
public record Payable(long tenantId, String currency, Instant admittedAt, long amountPico) {
  /** Checks the amount. */
  public Payable {
    if (amountPico < 0) {
      throw new IllegalArgumentException("negative amount: " + amountPico);
    }
  }

  LocalDate day() {
    return LocalDate.ofInstant(admittedAt, ZoneOffset.UTC);
  }
}
