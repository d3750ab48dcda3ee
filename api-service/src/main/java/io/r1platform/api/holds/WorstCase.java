package io.r1platform.api.holds;

import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.UnitPrices;
import java.math.BigInteger;

/**
 * The most that a request can cost: each byte of its body a prompt token, each token at the dearer
 * price of its kind.
 *
 * @param promptBound most prompt tokens, the UTF-8 length of the body
 * @param maxTokens most output tokens
 * @param inputUnit pico for one prompt token
 * @param outputUnit pico for one output token
 */
public record WorstCase(int promptBound, int maxTokens, long inputUnit, long outputUnit) {
  public WorstCase {
    if (promptBound < 0 || maxTokens < 0 || inputUnit < 0 || outputUnit < 0) {
      throw new IllegalArgumentException("negative part of a worst case");
    }
  }

  /** Of a body of so many bytes; {@code unit} is the dearest price of each class. */
  public static WorstCase of(int bytes, int maxTokens, UnitPrices unit) {
    return new WorstCase(
        bytes, maxTokens, unit.dearestInput().value(), unit.dearestOutput().value());
  }

  /** The sum; {@link ArithmeticException} above 9.2 million dollars. */
  public Pico amount() {
    return input().plus(new Pico(outputUnit).times(maxTokens));
  }

  /** What the prompt alone may cost. */
  public Pico input() {
    return new Pico(inputUnit).times(promptBound);
  }

  /** The same request with another cap. */
  public WorstCase withMaxTokens(int cap) {
    return new WorstCase(promptBound, cap, inputUnit, outputUnit);
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
    return rest.divide(BigInteger.valueOf(outputUnit)).min(BigInteger.valueOf(most)).intValue();
  }
}
