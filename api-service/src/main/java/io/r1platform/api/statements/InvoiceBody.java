package io.r1platform.api.statements;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.r1platform.api.money.Pico;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An invoice or credit note as tenants read it. What billing says beyond that (who made it void,
 * whom it is mailed to, what blocked it) stays with the operator.
 *
 * @param number of its series, which has no hole
 * @param kind invoice or credit_note
 * @param status finalized or void
 * @param total what it asks for, tax included; of a credit note below 0
 * @param credited what its credit notes give back; 0 of a credit note, as {@code paid}, {@code due}
 * @param due what is still to be paid: of an invoice total less credited and paid, void 0
 * @param reference of a credit note: its invoice
 * @param usage_root hexadecimal: the root of the sum tree over the records that it bills
 * @param bundle whether its bundle is made
 */
record InvoiceBody(
    String id,
    String object,
    @Nullable String number,
    String kind,
    String status,
    Period period,
    String currency,
    String net,
    String tax,
    String total,
    String credited,
    String paid,
    String due,
    @Nullable String issued_at,
    @Nullable String due_on,
    @Nullable String terms,
    @Nullable Reference reference,
    @Nullable Voided voided,
    @Nullable String usage_root,
    @Nullable String checkpoint_size,
    boolean bundle) {

  /** A UTC month, as 2026-11, and its moments. */
  record Period(String month, String start, String end) {}

  record Reference(String id, @Nullable String number) {}

  record Voided(String at, String reason) {}

  record Issuer(
      String name, JsonNode address, @Nullable String tax_number, JsonNode payment_details) {}

  record Customer(
      String name, JsonNode address, @Nullable String country, @Nullable String tax_number) {}

  record Tax(String code, String label, int rate_ppm, String net, String amount) {}

  /**
   * A line. Of tokens, {@code quantity} times {@code unit_price} divided by a million is {@code
   * exact_amount}.
   *
   * @param month of the usage; an earlier one than the invoice's if it came late
   * @param project_name what the project was called when the invoice was made
   * @param price_sha256 of the price version's text
   * @param unit_price of a million tokens
   * @param note which credit, which tax is carried, or why something is given back
   * @param amount rounded: the lines' sum is the total
   */
  record Line(
      int line_no,
      String kind,
      @Nullable String month,
      @Nullable String project_id,
      @Nullable String project_name,
      @Nullable String model,
      @Nullable String sku,
      @Nullable String price_version,
      @Nullable String price_sha256,
      @Nullable Integer window,
      @Nullable BigInteger quantity,
      @Nullable String unit_price,
      @Nullable String note,
      @Nullable Integer reference_line,
      String exact_amount,
      String amount,
      @Nullable String tax_code,
      int tax_ppm) {}

  /**
   * With its lines.
   *
   * @param exact_net the sum of the lines but tax, to the pico
   * @param rounding what rounding added to that
   */
  record Whole(
      @JsonUnwrapped InvoiceBody invoice,
      Issuer issuer,
      Customer customer,
      String exact_net,
      String rounding,
      List<Tax> taxes,
      List<Line> lines) {

    /** Of what billing says. */
    static Whole of(JsonNode statement) {
      JsonNode invoice = statement.path("invoice");
      JsonNode issuer = invoice.path("issuer");
      JsonNode customer = invoice.path("customer");
      return new Whole(
          InvoiceBody.of(statement),
          new Issuer(
              issuer.path("name").asString(),
              issuer.path("address"),
              text(issuer, "tax_number"),
              issuer.path("payment_details")),
          new Customer(
              customer.path("name").asString(),
              customer.path("address"),
              text(customer, "country"),
              text(customer, "tax_number")),
          pico(invoice, "net_pico"),
          pico(invoice, "rounding_pico"),
          each(invoice.path("taxes"), InvoiceBody::tax),
          each(invoice.path("lines"), InvoiceBody::line));
    }
  }

  /** Of what billing says. */
  static InvoiceBody of(JsonNode statement) {
    JsonNode invoice = statement.path("invoice");
    JsonNode reference = invoice.path("reference");
    JsonNode voided = invoice.path("voided");
    return new InvoiceBody(
        invoice.path("invoice_id").asString(),
        "invoice",
        text(invoice, "number"),
        small(invoice, "kind"),
        invoice.path("status").asString(),
        new Period(
            invoice.path("month").asString(),
            invoice.path("period_start").asString(),
            invoice.path("period_end").asString()),
        invoice.path("currency").asString(),
        money(invoice, "net"),
        money(invoice, "tax"),
        money(invoice, "total"),
        money(statement, "credited"),
        money(invoice, "paid"),
        money(statement, "due"),
        text(invoice, "issued_at"),
        text(invoice, "due_on"),
        text(invoice, "terms"),
        reference.isObject()
            ? new Reference(reference.path("invoice_id").asString(), text(reference, "number"))
            : null,
        voided.isObject()
            ? new Voided(voided.path("at").asString(), voided.path("reason").asString())
            : null,
        text(invoice, "usage_root"),
        text(invoice, "checkpoint_size"),
        statement.path("bundle").asBoolean());
  }

  private static Tax tax(JsonNode tax) {
    return new Tax(
        tax.path("code").asString(),
        tax.path("label").asString(),
        tax.path("rate_ppm").asInt(),
        money(tax, "net"),
        money(tax, "amount"));
  }

  private static Line line(JsonNode line) {
    String version = text(line, "version_id");
    String quantity = text(line, "quantity");
    return new Line(
        line.path("line_no").asInt(),
        small(line, "kind"),
        text(line, "month"),
        text(line, "project_id"),
        text(line, "project_name"),
        text(line, "model"),
        text(line, "sku"),
        version == null ? null : "pv_" + version,
        text(line, "price_version"),
        number(line, "window"),
        quantity == null ? null : new BigInteger(quantity),
        text(line, "unit_price"),
        text(line, "note"),
        number(line, "reference_line"),
        pico(line, "amount_pico"),
        money(line, "amount"),
        text(line, "tax_code"),
        line.path("tax_ppm").asInt());
  }

  private static <T> List<T> each(JsonNode nodes, Function<JsonNode, T> of) {
    List<T> all = new ArrayList<>();
    nodes.forEach(node -> all.add(of.apply(node)));
    return all;
  }

  private static @Nullable String text(JsonNode node, String member) {
    JsonNode value = node.path(member);
    return value.isString() ? value.asString() : null;
  }

  private static @Nullable Integer number(JsonNode node, String member) {
    JsonNode value = node.path(member);
    return value.isNumber() ? value.asInt() : null;
  }

  private static String small(JsonNode node, String member) {
    return node.path(member).asString().toLowerCase(Locale.ROOT);
  }

  private static String pico(JsonNode node, String member) {
    return Pico.decimal(new BigInteger(node.path(member).asString()));
  }

  /** As money is written in this API: {@code 12.3} where the page says 12.30. */
  private static String money(JsonNode node, String member) {
    BigDecimal amount = new BigDecimal(node.path(member).asString());
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }
}
