package io.r1platform.billing.focus;

import io.r1platform.billing.exports.Column;
import io.r1platform.billing.exports.Dataset;
import io.r1platform.billing.exports.Period;
import io.r1platform.billing.invoices.InvoiceIssuer;
import java.util.List;
import org.springframework.stereotype.Component;

/** FOCUS Billing Period: the months and whether they are closed. */
@Component
class BillingPeriod extends Dataset {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("BillingPeriodCreated", Column.Type.TIMESTAMP, false, "Begin of the month"),
          new Column(
              "BillingPeriodEnd", Column.Type.TIMESTAMP, false, "End of the month, excluded"),
          new Column(
              "BillingPeriodLastUpdated",
              Column.Type.TIMESTAMP,
              false,
              "When an invoice of it changed last"),
          new Column("BillingPeriodStart", Column.Type.TIMESTAMP, false, "Begin of the month"),
          new Column("BillingPeriodStatus", Column.Type.TEXT, false, "Open or Closed"),
          new Column("InvoiceIssuerName", Column.Type.TEXT, false, "Who bills"));

  BillingPeriod(InvoiceIssuer issuer) {
    super("focus_billing_period", COLUMNS, Query.of("billing-period.sql", issuer.name()));
  }

  /** Months are its smallest: corrections are dated by the month that bills them. */
  @Override
  public Period leastPeriod() {
    return Period.MONTH;
  }
}
