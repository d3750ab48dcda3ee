package io.r1platform.billing.budgets;

import java.time.Instant;

/**
 * What one posted request costs its budgets.
 *
 * @param organization who pays
 * @param project in which project
 * @param key by which key
 * @param admittedAt when it was admitted; it belongs to the periods of that moment
 * @param currency of the amount, ISO 4217
 * @param amountPico pico of the currency, never negative
 * @param leases what its hold was taken from, by scope
 */
public record Charge(
    long organization,
    long project,
    long key,
    Instant admittedAt,
    String currency,
    long amountPico,
    LeaseIds leases) {
  /** Checks the amount. */
  public Charge {
    if (amountPico < 0) {
      throw new IllegalArgumentException("negative amount: " + amountPico);
    }
  }

  long scopeId(Scope scope) {
    return switch (scope) {
      case CREDIT, ORGANIZATION -> organization;
      case PROJECT -> project;
      case KEY -> key;
    };
  }
}
