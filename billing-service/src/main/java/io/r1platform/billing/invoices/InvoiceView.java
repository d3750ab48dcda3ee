package io.r1platform.billing.invoices;

import io.r1platform.billing.invoices.InvoiceRow.Kind;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An invoice or credit note as it is shown and sent. Amounts are decimal strings of the currency,
 * those named {@code pico} exact strings of pico.
 *
 * @param month as 2026-11
 * @param roundingPico what rounding added to the exact sum, in pico
 * @param usageRoot hexadecimal: the root of the sum tree over the records that it bills; null as
 *     {@code checkpointSize}
 * @param checkpointSize entries of the signed log of receipts when it was finalized; null: it had
 *     none or lacked a record, the records were not what the lines charge, or it is not finalized
 * @param paid in the currency; of a credit note 0
 * @param reference of a credit note: the invoice it refers to
 */
public record InvoiceView(
    String invoiceId,
    String organizationId,
    String kind,
    String status,
    @Nullable String number,
    String month,
    Instant periodStart,
    Instant periodEnd,
    String currency,
    Instant builtAt,
    @Nullable Instant issuedAt,
    @Nullable LocalDate dueOn,
    @Nullable String terms,
    Party issuer,
    Customer customer,
    @Nullable Reference reference,
    String net,
    String tax,
    String total,
    String paid,
    String netPico,
    String roundingPico,
    @Nullable String usageRoot,
    @Nullable String checkpointSize,
    List<LineView> lines,
    List<TaxView> taxes,
    @Nullable Voided voided,
    List<Blocker> blockers) {

  /**
   * Who issues, as it is copied onto what is finalized.
   *
   * @param paymentDetails how to pay, line by line; none on what was finalized before there were
   *     any
   */
  public record Party(
      String name, List<String> address, @Nullable String taxNumber, List<String> paymentDetails) {
    public Party {
      paymentDetails = Objects.requireNonNullElse(paymentDetails, List.of());
    }
  }

  /** Who is billed; {@code language} and {@code paper} are those of its document. */
  public record Customer(
      String name,
      List<String> address,
      @Nullable String country,
      @Nullable String taxNumber,
      @Nullable String email,
      String language,
      String paper) {}

  /** Another document. */
  public record Reference(String invoiceId, @Nullable String number) {}

  /** That it was taken back, and why. */
  public record Voided(Instant at, String by, String reason) {}

  /** What keeps it from being finalized; {@code waiver} says who set it aside and why. */
  public record Blocker(String code, String what, boolean waivable, @Nullable String waiver) {}

  /** A tax: its net and amount. */
  public record TaxView(String code, String label, int ratePpm, String net, String amount) {}

  /**
   * A line. Of tokens, {@code quantity} times {@code unit_pico} is {@code amount_pico}, by the
   * price list whose hash is {@code price_version}.
   *
   * @param month of the usage, an earlier one than the invoice's if it came too late for its own
   * @param projectName what it was called when the lines were added up; null: none was known
   * @param sku as {@code deepseek-r1-output}
   * @param unitPrice of a million tokens, in the currency, exact
   * @param note which credit ({@code PAID}, {@code PROMO}), or why something is given back
   */
  public record LineView(
      int lineNo,
      String kind,
      @Nullable String month,
      @Nullable String projectId,
      @Nullable String projectName,
      @Nullable String model,
      @Nullable String sku,
      @Nullable String versionId,
      @Nullable String priceVersion,
      @Nullable Integer window,
      @Nullable String quantity,
      @Nullable String unitPico,
      @Nullable String unitPrice,
      @Nullable String note,
      @Nullable Integer referenceLine,
      String amountPico,
      String amount,
      @Nullable String taxCode,
      int taxPpm) {}

  /** Whether it is a credit note. */
  public boolean isCreditNote() {
    return kind.equals(Kind.CREDIT_NOTE.name());
  }
}
