package io.r1platform.billing.invoices;

import io.r1platform.billing.invoices.InvoiceView.Party;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who issues invoices, and when.
 *
 * @param issuer name on the invoice
 * @param issuerAddress lines of the address, separated by {@code |}
 * @param issuerTaxNumber tax number on the invoice; null: none is printed
 * @param paymentDetails how to pay, as it is printed on invoices: lines separated by {@code |},
 *     such as the bank, the account and what to name
 * @param prefix what the issuer's numbers begin with, letters and digits, as in {@code
 *     R1-2026-000001}
 * @param grace how long after the end of a month late usage still gets onto its invoice
 * @param draftPatience how long after the end of its month a draft may wait before that alarms
 * @param close whether the months are closed by a job, each hour
 * @param finalizeWhenClear whether the job finalizes what nothing blocks; else a person does
 */
@ConfigurationProperties("r1.billing.invoices")
record InvoiceSettings(
    @DefaultValue("R1 Platform") String issuer,
    @DefaultValue("") String issuerAddress,
    @Nullable String issuerTaxNumber,
    @DefaultValue("") String paymentDetails,
    @DefaultValue("R1") String prefix,
    @DefaultValue("24h") Duration grace,
    @DefaultValue("5d") Duration draftPatience,
    @DefaultValue("true") boolean close,
    @DefaultValue("true") boolean finalizeWhenClear) {
  InvoiceSettings {
    if (issuer.isBlank() || !prefix.matches("[A-Za-z0-9]{1,20}")) {
      throw new IllegalArgumentException(
          "r1.billing.invoices.issuer is a name, prefix up to 20 letters and digits");
    }
    if (grace.isNegative() || grace.compareTo(Duration.ofDays(20)) > 0) {
      throw new IllegalArgumentException("r1.billing.invoices.grace is from 0 to 20d");
    }
    if (draftPatience.compareTo(grace) < 0) {
      throw new IllegalArgumentException(
          "r1.billing.invoices.draft-patience is at least r1.billing.invoices.grace");
    }
  }

  /** Who issues now. */
  Party party() {
    return new Party(issuer, lines(issuerAddress), issuerTaxNumber, lines(paymentDetails));
  }

  private static List<String> lines(String joined) {
    return joined.isBlank() ? List.of() : List.of(joined.split("\\|", -1));
  }
}
