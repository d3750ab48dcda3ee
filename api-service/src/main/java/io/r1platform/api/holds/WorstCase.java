package io.r1platform.api.holds;

import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.UnitPrices;
import java.math.BigInteger;

/**
 * The most that a request can cost: its prompt and each choice as long as they may be, each token
 * at the dearer price of its kind.
 *
 * @param promptBound most prompt tokens
 * @param maxTokens most output tokens of each choice
 * @param choices how many answers are wanted; the prompt is charged once
 * @param inputUnit pico for one prompt token
 * @param outputUnit pico for one output token
 */
public record WorstCase(
    int promptBound, int maxTokens, int choices, long inputUnit, long outputUnit) {
  public WorstCase {
    if (promptBound < 0 || maxTokens < 0 || choices < 1 || inputUnit < 0 || outputUnit < 0) {
      throw new IllegalArgumentException("negative part of a worst case");
    }
  }

  /**
   * Of one answer to a prompt of so many tokens; {@code unit} is the dearest price of each class.
   */
  public static WorstCase of(int promptBound, int maxTokens, UnitPrices unit) {
    return new WorstCase(
        promptBound, maxTokens, 1, unit.dearestInput().value(), unit.dearestOutput().value());
  }

  /** The sum; {@link ArithmeticException} above 9.2 million dollars. */
  public Pico amount() {
    return input().plus(new Pico(outputUnit).times(outputCap()));
  }

  /** What the prompt alone may cost. */
  public Pico input() {
    return new Pico(inputUnit).times(promptBound);
  }

  /** Most output tokens of all choices together. */
  public int outputCap() {
    return Math.multiplyExact(maxTokens, choices);
  }

  /** The same request with another cap. */
  public WorstCase withMaxTokens(int cap) {
    return new WorstCase(promptBound, cap, choices, inputUnit, outputUnit);
  }

  /** The same request for so many answers. */
  public WorstCase withChoices(int wanted) {
    return new WorstCase(promptBound, maxTokens, wanted, inputUnit, outputUnit);
  }

  /** The largest cap up to {@code most} whose worst case is at most {@code money} pico; 0: none. */
  public int largestCap(BigInteger money, int most) {
    BigInteger rest = money.subtract(BigInteger.valueOf(input().value()));
    if (rest.signum() < 0) {
      return 0;
    }
    if (outputUnit == 0) {
      return most;
    }
    BigInteger perToken = BigInteger.valueOf(outputUnit).multiply(BigInteger.valueOf(choices));
    return rest.divide(perToken).min(BigInteger.valueOf(most)).intValue();
  }
}
