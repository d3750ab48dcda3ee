package io.r1platform.billing.prices;

import java.time.Instant;

/**
 * Charged tokens of one request, and what its price depends on.
 *
 * @param tenantId who pays
 * @param modelId the model that answered
 * @param admittedAt when it was admitted: the moment of its price
 * @param batch whether it came in a batch
 * @param hit cached prompt tokens, not negative
 * @param miss computed prompt tokens, not negative
 * @param reasoning output tokens up to the end of the reasoning, not negative
 * @param answer output tokens after it, not negative
 */
public record Charge(
    long tenantId,
    int modelId,
    Instant admittedAt,
    boolean batch,
    int hit,
    int miss,
    int reasoning,
    int answer) {
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
}
