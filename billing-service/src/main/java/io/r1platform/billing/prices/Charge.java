package io.r1platform.billing.prices;

/**
 * Charged tokens of one request.
 *
 * @param modelId the model that answered
 * @param window the price window that held at admission; 0 is "any time"
 * @param hit cached prompt tokens, not negative
 * @param miss computed prompt tokens, not negative
 * @param reasoning output tokens up to the end of the reasoning, not negative
 * @param answer output tokens after it, not negative
 */
public record Charge(int modelId, int window, int hit, int miss, int reasoning, int answer) {
  /**
   * Checks the counts.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public Charge {
    if ((hit | miss | reasoning | answer) < 0) {
      throw new IllegalArgumentException("negative token count");
    }
  }

  /** Tokens of one class. */
  public int tokens(Sku sku) {
    return switch (sku) {
      case HIT -> hit;
      case MISS -> miss;
      case REASONING -> reasoning;
      case ANSWER -> answer;
    };
  }
}
