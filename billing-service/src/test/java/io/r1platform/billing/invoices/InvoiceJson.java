package io.r1platform.billing.invoices;

import java.math.BigInteger;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What tests read of invoices and write in orders about them. */
final class InvoiceJson {
  private InvoiceJson() {}

  static String path(JsonNode invoice) {
    return "/internal/v1/invoices/" + invoice.path("invoice_id").asString();
  }

  static String waiver(String code) {
    return """
    {"command_id": "%s", "actor": "ada@example.org", "reason": "seen and accepted",
     "blocker": "%s"}
    """
        .formatted(UUID.randomUUID(), code);
  }

  static String order(UUID command, String reason) {
    return "{\"command_id\": \"%s\", \"actor\": \"ada\", \"reason\": \"%s\"}"
        .formatted(command, reason);
  }

  static String note(UUID command, String more) {
    return "{\"command_id\": \"%s\", \"actor\": \"ada\", \"reason\": \"an outage\"%s}"
        .formatted(command, more);
  }

  static BigInteger lines(JsonNode invoice, String kind) {
    BigInteger sum = BigInteger.ZERO;
    for (JsonNode line : invoice.path("lines")) {
      sum = line.path("kind").asString().equals(kind) ? sum.add(pico(line, "amount_pico")) : sum;
    }
    return sum;
  }

  static BigInteger minors(JsonNode invoice) {
    BigInteger sum = BigInteger.ZERO;
    for (JsonNode line : invoice.path("lines")) {
      sum = sum.add(minor(line, "amount"));
    }
    return sum;
  }

  static BigInteger pico(JsonNode node, String member) {
    return new BigInteger(node.path(member).asString());
  }

  static BigInteger minor(JsonNode node, String member) {
    return new BigInteger(node.path(member).asString().replace(".", ""));
  }

  static String money(long amount) {
    return "{\"command_id\": \"%s\", \"actor\": \"ada\", \"amount\": \"%d\"}"
        .formatted(UUID.randomUUID(), amount);
  }

  /** {@code members} is the begin of an object. */
  static String taxRule(String members, String from) {
    return members
        + ", \"label\": \"VAT\", \"from\": \"%s\", \"command_id\": \"%s\", \"actor\": \"ada\"}"
            .formatted(from, UUID.randomUUID());
  }

  static String commitment(long tenant, YearMonth month, long minimum) {
    return """
    {"command_id": "%s", "actor": "ada", "organization_id": "%d", "from": "%s",
     "until": "%s", "minimum_pico": "%d"}
    """
        .formatted(UUID.randomUUID(), tenant, month, month.plusMonths(1), minimum);
  }

  static List<String> codes(JsonNode invoice) {
    return invoice.path("blockers").findValuesAsString("code");
  }

  static String blocker(JsonNode invoice, String code) {
    for (JsonNode one : invoice.path("blockers")) {
      if (one.path("code").asString().equals(code)) {
        return one.path("what").asString();
      }
    }
    throw new AssertionError(code + " is not among " + invoice.path("blockers"));
  }
}
