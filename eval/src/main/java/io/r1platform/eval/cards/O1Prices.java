package io.r1platform.eval.cards;

import java.math.BigDecimal;

/**
 * What OpenAI's o1 costs, in USD for a million tokens.
 *
 * @param input prompt tokens
 * @param cached prompt tokens that were found in the cache
 * @param output reasoning and answer
 * @param source where the prices stand
 */
public record O1Prices(BigDecimal input, BigDecimal cached, BigDecimal output, String source) {
  /** The public list. */
  public static final O1Prices LIST =
      new O1Prices(
          new BigDecimal("15"),
          new BigDecimal("7.50"),
          new BigDecimal("60"),
          "OpenAI's page API Pricing (openai.com/api/pricing), as quoted in its forum on 2025-01-23");

  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

  /** Reads {@code input,cached,output}. */
  public static O1Prices of(String text) {
    String[] parts = text.split(",", -1);
    if (parts.length != 3 || !text.matches("[0-9.,]+")) {
      throw new IllegalArgumentException("--o1-prices takes input,cached,output: 15,7.50,60");
    }
    return new O1Prices(
        new BigDecimal(parts[0]), new BigDecimal(parts[1]), new BigDecimal(parts[2]), "given");
  }

  /** What these tokens would have cost. */
  BigDecimal cost(Tokens tokens) {
    return input
        .multiply(BigDecimal.valueOf(tokens.prompt() - tokens.cached()))
        .add(cached.multiply(BigDecimal.valueOf(tokens.cached())))
        .add(output.multiply(BigDecimal.valueOf(tokens.reasoning() + tokens.answer())))
        .divide(MILLION); // exact: a million has no prime factor but 2 and 5
  }
}
