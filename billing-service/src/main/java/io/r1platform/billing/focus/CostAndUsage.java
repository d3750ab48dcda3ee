package io.r1platform.billing.focus;

import io.r1platform.billing.exports.Column;
import io.r1platform.billing.exports.Dataset;
import io.r1platform.billing.exports.Period;
import io.r1platform.billing.invoices.InvoiceIssuer;
import java.util.List;
import org.springframework.stereotype.Component;

/** FOCUS Cost and Usage: every charge, usage by the hour. */
@Component
class CostAndUsage extends Dataset {
  private static final List<Column> COLUMNS =
      List.of(
          new Column(
              "BilledCost",
              Column.Type.DECIMAL,
              false,
              "What is asked for; without what paid credit covers"),
          new Column("BillingAccountId", Column.Type.TEXT, false, "The organization"),
          new Column("BillingAccountName", Column.Type.TEXT, false, "Its name on invoices"),
          new Column("BillingCurrency", Column.Type.TEXT, false, "ISO 4217"),
          new Column(
              "BillingPeriodEnd",
              Column.Type.TIMESTAMP,
              false,
              "End of the month that bills it, excluded"),
          new Column(
              "BillingPeriodStart",
              Column.Type.TIMESTAMP,
              false,
              "Begin of the month that bills it"),
          new Column(
              "ChargeCategory",
              Column.Type.TEXT,
              false,
              "Usage, Purchase, Tax, Credit or Adjustment"),
          new Column(
              "ChargeClass", Column.Type.TEXT, true, "Correction, of a month that is closed"),
          new Column("ChargeDescription", Column.Type.TEXT, false, "In words"),
          new Column("ChargeFrequency", Column.Type.TEXT, false, "Usage-Based or One-Time"),
          new Column("ChargePeriodEnd", Column.Type.TIMESTAMP, false, "Until when, excluded"),
          new Column(
              "ChargePeriodStart", Column.Type.TIMESTAMP, false, "From when on it was charged for"),
          new Column("ConsumedQuantity", Column.Type.DECIMAL, true, "Tokens; of Usage only"),
          new Column("ConsumedUnit", Column.Type.TEXT, true, "Tokens"),
          new Column(
              "ContractedCost",
              Column.Type.DECIMAL,
              false,
              "At the price agreed: ContractedUnitPrice x PricingQuantity"),
          new Column(
              "ContractedUnitPrice",
              Column.Type.DECIMAL,
              true,
              "Price agreed, of the tier, of one PricingUnit"),
          new Column(
              "EffectiveCost",
              Column.Type.DECIMAL,
              false,
              "What was consumed, also where paid credit covers it"),
          new Column("HostProviderName", Column.Type.TEXT, false, "Who runs the machines"),
          new Column("InvoiceDetailId", Column.Type.TEXT, true, "The invoice's line"),
          new Column(
              "InvoiceId",
              Column.Type.TEXT,
              true,
              "The invoice's number; null until it is finalized"),
          new Column("InvoiceIssuerName", Column.Type.TEXT, false, "Who bills"),
          new Column(
              "ListCost",
              Column.Type.DECIMAL,
              false,
              "At the public price: ListUnitPrice x PricingQuantity"),
          new Column("ListUnitPrice", Column.Type.DECIMAL, true, "Public price of one PricingUnit"),
          new Column("PricingCategory", Column.Type.TEXT, true, "Standard"),
          new Column("PricingQuantity", Column.Type.DECIMAL, true, "In PricingUnit, exactly"),
          new Column("PricingUnit", Column.Type.TEXT, true, "1000000 Tokens, or Credits"),
          new Column("ServiceCategory", Column.Type.TEXT, false, "AI and Machine Learning"),
          new Column("ServiceName", Column.Type.TEXT, false, "R1 Inference"),
          new Column("ServiceProviderName", Column.Type.TEXT, false, "Who provides the service"),
          new Column("ServiceSubcategory", Column.Type.TEXT, false, "Generative AI"),
          new Column("SkuId", Column.Type.TEXT, true, "Model and kind of token"),
          new Column("SkuMeter", Column.Type.TEXT, true, "What is counted"),
          new Column("SkuPriceDetails", Column.Type.JSON, true, "What the price is of"),
          new Column(
              "SkuPriceId",
              Column.Type.TEXT,
              true,
              "SkuId, time of day and tier; without a version"),
          new Column("SubAccountId", Column.Type.TEXT, true, "The project"),
          new Column(
              "SubAccountName",
              Column.Type.TEXT,
              true,
              "What it is called now; unknown: Project and its number"),
          new Column("Tags", Column.Type.JSON, true, "r1:ApiKeyId, the API key"),
          new Column(
              "x_ChargeId", Column.Type.TEXT, false, "The row's own id, the same in every export"),
          new Column(
              "x_CheckpointSize",
              Column.Type.BIGINT,
              true,
              "Size of the receipts log that the invoice closes with"),
          new Column("x_PriceVersionId", Column.Type.BIGINT, true, "Version of the price list"),
          new Column(
              "x_RequestCount",
              Column.Type.BIGINT,
              true,
              "Requests, on one row of those that they make"));

  CostAndUsage(InvoiceIssuer issuer) {
    super("focus_cost_and_usage", COLUMNS, Query.of("cost-and-usage.sql", issuer.name()));
  }

  @Override
  public boolean joinsWhatItMade() {
    return true;
  }

  /** Months are its smallest: corrections are dated by the month that bills them. */
  @Override
  public Period leastPeriod() {
    return Period.MONTH;
  }
}
