package io.r1platform.billing.focus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Currency;
import java.util.stream.Collectors;

/** The queries, in {@code resources/focus}; what they cannot ask a table for is put in here. */
final class Query {
  /** What a price of a month is told by. */
  private static final String PRICE = "tenant_id, month, project_id, line";

  private Query() {}

  /** The query of that file, with the issuer's name in it. */
  static String of(String file, String issuer) {
    return text(file)
        .replace("{lines}", text("price-lines.sql"))
        .replace("{price}", PRICE)
        .replace("{issuer}", quoted(issuer))
        .replace("{whole}", currencies(0))
        .replace("{thousandth}", currencies(3));
  }

  private static String text(String file) {
    try (var in = Query.class.getResourceAsStream("/focus/" + file)) {
      if (in == null) {
        throw new IllegalStateException("no query " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those whose minor unit has so many digits. */
  private static String currencies(int digits) {
    return Currency.getAvailableCurrencies().stream()
        .filter(currency -> currency.getDefaultFractionDigits() == digits)
        .map(currency -> quoted(currency.getCurrencyCode()))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
