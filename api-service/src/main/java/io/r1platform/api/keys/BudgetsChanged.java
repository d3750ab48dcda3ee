package io.r1platform.api.keys;

/**
 * Budgets or credit of an organization have changed, by an order on this replica or another. Later
 * than billing's change, so whoever asks billing now hears of it.
 *
 * @param organizationId whose
 */
public record BudgetsChanged(long organizationId) {
  /** What such a change is called among those of limits. */
  static final String SCOPE = "budgets";
}
