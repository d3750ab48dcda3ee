package io.r1platform.billing.reports;

import io.r1platform.billing.money.Dollars;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A list to compare with, never charged.
 *
 * @param name of the card
 * @param dated its first day
 * @param hit pico-dollars per token, as the other three
 */
record Reference(
    String name,
    LocalDate dated,
    BigInteger hit,
    BigInteger miss,
    BigInteger reasoning,
    BigInteger answer) {
  /** The same token counts at this list's prices. */
  record Comparison(String name, LocalDate dated, String cost, @Nullable String ratio) {}

  BigInteger price(Counts.Tokens tokens) {
    return hit.multiply(new BigInteger(tokens.hit()))
        .add(miss.multiply(new BigInteger(tokens.miss())))
        .add(reasoning.multiply(new BigInteger(tokens.reasoning())))
        .add(answer.multiply(new BigInteger(tokens.answer())));
  }

  /** Computed, with one decimal; no ratio where nothing was charged. */
  Comparison compare(Counts counts) {
    BigInteger pico = price(counts.tokens());
    String ratio =
        counts.pico().signum() == 0
            ? null
            : new BigDecimal(pico)
                .divide(new BigDecimal(counts.pico()), 1, RoundingMode.HALF_EVEN)
                .toPlainString();
    return new Comparison(name, dated, Dollars.of(pico), ratio);
  }
}
