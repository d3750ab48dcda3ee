package io.r1platform.billing.reports;

import io.r1platform.billing.money.Dollars;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;

/**
 * Sums over requests.
 *
 * @param requests how many
 * @param tokens charged tokens by class
 * @param pico what they cost, in pico-dollars
 */
record Counts(BigInteger requests, Tokens tokens, BigInteger pico) {
  /** Charged tokens by class, as decimal strings. */
  record Tokens(String hit, String miss, String reasoning, String answer) {}

  /** Columns that {@link #read} expects, summed over rows of usage_hourly. */
  static final String SUMS =
      """
      coalesce(sum(requests), 0) as requests, coalesce(sum(tok_hit), 0) as hit,
      coalesce(sum(tok_miss), 0) as miss, coalesce(sum(tok_reason), 0) as reasoning,
      coalesce(sum(tok_answer), 0) as answer, coalesce(sum(amount), 0) as pico
      """;

  static Counts read(ResultSet row) throws SQLException {
    return new Counts(
        integer(row, "requests"),
        new Tokens(
            integer(row, "hit").toString(),
            integer(row, "miss").toString(),
            integer(row, "reasoning").toString(),
            integer(row, "answer").toString()),
        integer(row, "pico"));
  }

  String cost() {
    return Dollars.of(pico);
  }

  static BigInteger integer(ResultSet row, String column) throws SQLException {
    BigDecimal value = Objects.requireNonNull(row.getBigDecimal(column), column);
    return value.toBigIntegerExact();
  }
}
