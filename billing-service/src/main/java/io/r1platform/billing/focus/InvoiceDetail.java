package io.r1platform.billing.focus;

import io.r1platform.billing.exports.Column;
import io.r1platform.billing.exports.Dataset;
import io.r1platform.billing.exports.Period;
import io.r1platform.billing.invoices.InvoiceIssuer;
import java.util.List;
import org.springframework.stereotype.Component;

/** FOCUS Invoice Detail: the lines of what was issued. */
@Component
class InvoiceDetail extends Dataset {
  private static final List<Column> COLUMNS =
      List.of(
          new Column(
              "BilledCost",
              Column.Type.DECIMAL,
              false,
              "The line's amount, rounded; 0 if the invoice is void"),
          new Column("BillingAccountId", Column.Type.TEXT, false, "The organization"),
          new Column("BillingCurrency", Column.Type.TEXT, false, "ISO 4217"),
          new Column(
              "BillingPeriodEnd", Column.Type.TIMESTAMP, false, "End of the month, excluded"),
          new Column(
              "BillingPeriodStart",
              Column.Type.TIMESTAMP,
              false,
              "Begin of the month that it bills"),
          new Column("ChargeCategory", Column.Type.TEXT, false, "Usage, Tax, Credit or Adjustment"),
          new Column("InvoiceDetailCreated", Column.Type.TIMESTAMP, false, "When it was issued"),
          new Column("InvoiceDetailDescription", Column.Type.TEXT, true, "In words"),
          new Column("InvoiceDetailGrain", Column.Type.JSON, true, "What the line is of"),
          new Column(
              "InvoiceDetailId", Column.Type.TEXT, false, "The invoice's number and the line's"),
          new Column(
              "InvoiceDetailLastUpdated",
              Column.Type.TIMESTAMP,
              false,
              "When it was issued, or made void"),
          new Column("InvoiceId", Column.Type.TEXT, false, "Number of the invoice or credit note"),
          new Column("InvoiceIssueDate", Column.Type.TIMESTAMP, true, "When it was issued"),
          new Column("InvoiceIssueStatus", Column.Type.TEXT, false, "Issued or Voided"),
          new Column("InvoiceIssuerName", Column.Type.TEXT, false, "Who issued it"),
          new Column("PaymentDueDate", Column.Type.TIMESTAMP, true, "When it is due"),
          new Column("PaymentTerms", Column.Type.TEXT, false, "Net and days, or Credit note"),
          new Column(
              "ReferenceInvoiceId",
              Column.Type.TEXT,
              false,
              "Of a credit note its invoice, else its own number"),
          new Column("x_ExactCost", Column.Type.DECIMAL, false, "The line before it was rounded"),
          new Column(
              "x_VoidedCost", Column.Type.DECIMAL, true, "Of a void invoice: what the line was"));

  InvoiceDetail(InvoiceIssuer issuer) {
    super("focus_invoice_detail", COLUMNS, Query.of("invoice-detail.sql", issuer.name()));
  }

  /** Months are its smallest: corrections are dated by the month that bills them. */
  @Override
  public Period leastPeriod() {
    return Period.MONTH;
  }
}
