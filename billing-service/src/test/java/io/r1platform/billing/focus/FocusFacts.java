package io.r1platform.billing.focus;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The facts of FOCUS 1.4 that R1 Platform relies on, by our own hand, so that every build asserts
 * them without the official rule model.
 */
final class FocusFacts {
  /** Cost and Usage: columns that are there whatever a provider supports. */
  static final Set<String> MANDATORY =
      Set.of(
          "BilledCost",
          "BillingAccountId",
          "BillingAccountName",
          "BillingCurrency",
          "BillingPeriodEnd",
          "BillingPeriodStart",
          "ChargeCategory",
          "ChargeClass",
          "ChargeDescription",
          "ChargePeriodEnd",
          "ChargePeriodStart",
          "ContractedCost",
          "EffectiveCost",
          "HostProviderName",
          "InvoiceIssuerName",
          "ListCost",
          "PricingQuantity",
          "PricingUnit",
          "ServiceCategory",
          "ServiceName",
          "ServiceProviderName");

  /** Those that follow from what R1 Platform supports, and two that are recommended. */
  static final Set<String> CONDITIONAL =
      Set.of(
          "ChargeFrequency",
          "ConsumedQuantity",
          "ConsumedUnit",
          "ContractedUnitPrice",
          "InvoiceDetailId",
          "InvoiceId",
          "ListUnitPrice",
          "PricingCategory",
          "ServiceSubcategory",
          "SkuId",
          "SkuMeter",
          "SkuPriceDetails",
          "SkuPriceId",
          "SubAccountId",
          "SubAccountName",
          "Tags");

  static final Set<String> INVOICE_DETAIL =
      Set.of(
          "BilledCost",
          "BillingAccountId",
          "BillingCurrency",
          "BillingPeriodEnd",
          "BillingPeriodStart",
          "ChargeCategory",
          "InvoiceDetailCreated",
          "InvoiceDetailDescription",
          "InvoiceDetailGrain",
          "InvoiceDetailId",
          "InvoiceDetailLastUpdated",
          "InvoiceId",
          "InvoiceIssueDate",
          "InvoiceIssueStatus",
          "InvoiceIssuerName",
          "PaymentDueDate",
          "PaymentTerms",
          "ReferenceInvoiceId");

  static final Set<String> BILLING_PERIOD =
      Set.of(
          "BillingPeriodCreated",
          "BillingPeriodEnd",
          "BillingPeriodLastUpdated",
          "BillingPeriodStart",
          "BillingPeriodStatus",
          "InvoiceIssuerName");

  /** Columns of Invoice Detail that may be null; of Billing Period none may. */
  static final Set<String> NULLABLE_DETAIL =
      Set.of(
          "InvoiceDetailDescription", "InvoiceDetailGrain", "InvoiceIssueDate", "PaymentDueDate");

  /** Columns of Cost and Usage that may be null; no other may. */
  static final Set<String> NULLABLE =
      Set.of(
          "ChargeClass",
          "ConsumedQuantity",
          "ConsumedUnit",
          "ContractedUnitPrice",
          "InvoiceDetailId",
          "InvoiceId",
          "ListUnitPrice",
          "PricingCategory",
          "PricingQuantity",
          "PricingUnit",
          "SkuId",
          "SkuMeter",
          "SkuPriceDetails",
          "SkuPriceId",
          "SubAccountId",
          "SubAccountName",
          "Tags");

  /** What may stand where not everything may. */
  static final Map<String, List<String>> ALLOWED =
      Map.of(
          "BillingPeriodStatus", List.of("Open", "Closed"),
          "ChargeCategory", List.of("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
          "ChargeClass", List.of("Correction"),
          "ChargeFrequency", List.of("One-Time", "Recurring", "Usage-Based"),
          "InvoiceIssueStatus", List.of("Open", "Issued", "Voided"),
          "PricingCategory", List.of("Standard", "Committed", "Dynamic", "Other"),
          "ServiceCategory", List.of("AI and Machine Learning"),
          "ServiceSubcategory", List.of("Generative AI"));

  /** Null together with the SkuPriceId, and only with it. */
  static final List<String> OF_A_PRICE =
      List.of(
          "ContractedUnitPrice",
          "ListUnitPrice",
          "PricingCategory",
          "PricingQuantity",
          "PricingUnit",
          "SkuId",
          "SkuMeter");

  static final String MOMENT = "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z";
  static final String DECIMAL = "-?\\d{1,20}(\\.\\d{1,18})?";
  static final String SKU_PRICE_ID = "(.+)-(ondemand|peak|offpeak)(-t([2-9]|[12]\\d))?";

  private FocusFacts() {}
}
