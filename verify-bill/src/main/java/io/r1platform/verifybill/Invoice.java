package io.r1platform.verifybill;

import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Lines;
import io.r1platform.receipts.NotGenuine;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the verifier reads of an invoice; other members are the issuer's business. Integers may be
 * numbers or strings.
 *
 * @param organizationId {@code organization_id}
 * @param month {@code month}
 * @param currency {@code currency}
 * @param netPico {@code net_pico}: the sum of the lines but tax
 * @param usageRoot {@code usage_root}: the root of the sum tree over the records; null: it has none
 * @param lines {@code lines} of {@code kind} USAGE
 * @param others lines of other kinds: tiers, commitments, credit, tax
 */
record Invoice(
    long organizationId,
    YearMonth month,
    String currency,
    BigInteger netPico,
    @Nullable Hash usageRoot,
    List<Line> lines,
    List<Other> others) {
  private static final int MOST_LINES = 1_000_000;
  private static final String TAX = "TAX";

  /**
   * Tokens of one kind at one price.
   *
   * @param number of the line, from 1
   * @param month of admission: an earlier one's, if they came too late for its invoice
   * @param projectId the project
   * @param modelId the model
   * @param sku {@code HIT}, {@code MISS}, {@code REASONING}, {@code ANSWER}, or with {@code _BATCH}
   * @param price SHA-256 of the price version's text
   * @param window price window
   * @param quantity tokens
   * @param unitPico per token
   * @param amountPico quantity times unit
   */
  record Line(
      int number,
      YearMonth month,
      long projectId,
      int modelId,
      String sku,
      Hash price,
      int window,
      BigInteger quantity,
      long unitPico,
      BigInteger amountPico) {}

  /** A line that no record proves. */
  record Other(String kind, BigInteger amountPico) {}

  /** Copies the lists. */
  Invoice {
    lines = List.copyOf(lines);
    others = List.copyOf(others);
  }

  /** The sum of the lines but tax. */
  BigInteger sum() {
    BigInteger sum = BigInteger.ZERO;
    for (Line line : lines) {
      sum = sum.add(line.amountPico);
    }
    for (Other other : others) {
      sum = other.kind.equals(TAX) ? sum : sum.add(other.amountPico);
    }
    return sum;
  }

  /**
   * Reads one.
   *
   * @throws NotGenuine if a member is missing or no number
   */
  static Invoice parse(String text, String what) {
    var members = new Members(object(Json.read(text, what), what), what);
    if (!(members.get("lines") instanceof List<?> items) || items.size() > MOST_LINES) {
      throw new NotGenuine(what + " has no lines");
    }
    var lines = new ArrayList<Line>();
    var others = new ArrayList<Other>();
    int number = 0;
    for (Object item : items) {
      number++;
      String where = "%s, line %d".formatted(what, number);
      var line = new Members(object(item, where), where);
      String kind = line.text("kind");
      if (kind.equals("USAGE")) {
        lines.add(line(line, number));
      } else {
        others.add(new Other(kind, line.integer("amount_pico")));
      }
    }
    return new Invoice(
        members.number("organization_id"),
        members.month("month"),
        members.text("currency"),
        members.integer("net_pico"),
        members.get("usage_root") == null ? null : Hash.ofHex(members.text("usage_root")),
        lines,
        others);
  }

  private static Line line(Members line, int number) {
    return new Line(
        number,
        line.month("month"),
        line.number("project_id"),
        Math.toIntExact(line.number("model_id")),
        line.text("sku"),
        Hash.ofHex(line.text("price_sha256")),
        Math.toIntExact(line.number("window")),
        line.integer("quantity"),
        line.number("unit_pico"),
        line.integer("amount_pico"));
  }

  private static Map<?, ?> object(@Nullable Object value, String what) {
    if (value instanceof Map<?, ?> members) {
      return members;
    }
    throw new NotGenuine(what + " is no object");
  }

  private record Members(Map<?, ?> members, String what) {
    private @Nullable Object get(String name) {
      return members.get(name);
    }

    private String text(String name) {
      return switch (members.get(name)) {
        case String text -> text;
        case Json.Numeral numeral -> numeral.text();
        case null, default -> throw new NotGenuine("%s has no %s".formatted(what, name));
      };
    }

    private BigInteger integer(String name) {
      String digits = text(name);
      if (!digits.matches("0|-?[1-9][0-9]{0,37}")) {
        throw new NotGenuine("%s: %s is no integer: %s".formatted(what, name, Lines.shown(digits)));
      }
      return new BigInteger(digits);
    }

    private long number(String name) {
      try {
        return integer(name).longValueExact();
      } catch (ArithmeticException e) {
        throw new NotGenuine("%s: %s is too large".formatted(what, name), e);
      }
    }

    private YearMonth month(String name) {
      try {
        return YearMonth.parse(text(name));
      } catch (DateTimeException e) {
        throw new NotGenuine("%s: %s is no month".formatted(what, name), e);
      }
    }
  }
}
