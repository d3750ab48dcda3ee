package io.r1platform.billing.invoices;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Currency;

/**
 * What an invoice is rounded to: the currency's smallest unit, as the cent.
 *
 * @param digits after the point of the major unit
 * @param pico how many of the ledger's pico it has
 */
public record MinorUnit(int digits, BigInteger pico) {
  private static final int PICO_DIGITS = 12;

  /** The unit of an ISO 4217 currency. */
  public static MinorUnit of(String currency) {
    int digits = Currency.getInstance(currency).getDefaultFractionDigits();
    if (digits < 0 || digits > PICO_DIGITS) {
      throw new IllegalArgumentException("no minor unit: " + currency);
    }
    return new MinorUnit(digits, BigInteger.TEN.pow(PICO_DIGITS - digits));
  }

  /** In the major unit, as {@code 12.34}. */
  public String text(long minor) {
    return BigDecimal.valueOf(minor, digits).toPlainString();
  }

  BigInteger picoOf(long minor) {
    return pico.multiply(BigInteger.valueOf(minor));
  }
}
