package io.r1platform.billing.invoices;

import java.math.BigInteger;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What is due and why, exact and without tax.
 *
 * @param month first day of the month of the usage; an earlier one than the invoice's was late
 * @param projectName what the project was called when the lines were added up; null: unknown
 * @param versionId the price version, of USAGE only, as {@code unitPico} and {@code quantity}
 * @param quantity tokens
 * @param note which credit; the tax code of what is carried; why something is given back
 * @param referenceLine of a credit note: the line it gives back
 * @param amount pico; of USAGE quantity times unit
 */
record Line(
    Kind kind,
    @Nullable LocalDate month,
    @Nullable Long projectId,
    @Nullable String projectName,
    @Nullable Long cardId,
    @Nullable Integer modelId,
    @Nullable String sku,
    @Nullable Long versionId,
    @Nullable Integer window,
    @Nullable Long unitPico,
    @Nullable BigInteger quantity,
    @Nullable String note,
    @Nullable Integer referenceLine,
    BigInteger amount) {
  /** What a line is of, in the order in which an invoice has them. */
  enum Kind {
    /** Tokens of one kind at one price. */
    USAGE,
    /** What a month's tiers change. */
    TIER,
    /** What is missing to a minimum commitment. */
    SHORTFALL,
    /** What credit has paid; negative. */
    CREDIT,
    /** What this invoice, or an earlier one, would be below 0 by, and is taken to the next. */
    CARRIED,
    /** What a credit note gives back. */
    ADJUSTMENT,
    /** A tax on the others. */
    TAX
  }

  static Line tax(BigInteger amount) {
    return new Line(
        Kind.TAX, null, null, null, null, null, null, null, null, null, null, null, null, amount);
  }

  /** From this invoice to the next if above 0, else from an earlier one. */
  static Line carried(@Nullable String taxCode, BigInteger amount) {
    return new Line(
        Kind.CARRIED,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        taxCode,
        null,
        amount);
  }

  static Line adjustment(int referenceLine, String why, BigInteger amount) {
    return new Line(
        Kind.ADJUSTMENT,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        why,
        referenceLine,
        amount);
  }

  /**
   * A tax; no code: none.
   *
   * @param ppm millionths of the net
   */
  record Tax(@Nullable String code, @Nullable String label, int ppm) {
    static final Tax NONE = new Tax(null, null, 0);
  }

  /** A line as it stands on the invoice: rounded, and with the tax that it is in. */
  record Rounded(Line line, long minor, Tax tax) {}
}
