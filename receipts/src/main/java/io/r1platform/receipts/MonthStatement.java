package io.r1platform.receipts;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;

/**
 * What the log says of an organization's month: an entry of its own, written when the month closes,
 * that commits to how many requests, tokens and pico there are and to the sum tree over them.
 *
 * @param organizationId whose
 * @param month UTC month in which its requests were admitted, or confirmed if that came later
 * @param currency ISO 4217
 * @param root of the sum tree over the month's records by log index
 * @param sums at the root
 */
public record MonthStatement(
    long organizationId, YearMonth month, String currency, Hash root, Sums sums) {
  private static final String HEAD = "r1-month-1";
  private static final int LINES = 8;

  /** The entry's text. */
  public String text() {
    return """
        %s
        organization %d
        month %s
        currency %s
        requests %d
        tokens %d %d %d %d %d %d %d %d
        pico %s
        root %s
        """
        .formatted(
            HEAD,
            organizationId,
            month,
            currency,
            sums.requests(),
            sums.hit(),
            sums.miss(),
            sums.reasoning(),
            sums.answer(),
            sums.batchHit(),
            sums.batchMiss(),
            sums.batchReasoning(),
            sums.batchAnswer(),
            sums.amountPico(),
            root.base64());
  }

  /** The entry's bytes. */
  public byte[] bytes() {
    return text().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads the entry.
   *
   * @throws NotGenuine if it is anything else
   */
  public static MonthStatement parse(String text, String what) {
    List<String> lines = Lines.of(text, what);
    if (lines.size() != LINES || !lines.getFirst().equals(HEAD)) {
      throw new NotGenuine(what + " is no statement of a month");
    }
    String[] tokens = Lines.after("tokens", lines.get(5), what).split(" ", -1);
    if (tokens.length != 8) {
      throw new NotGenuine(what + ": there are eight counts of tokens, not " + tokens.length);
    }
    long[] counts = new long[tokens.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = Lines.count(tokens[i], what + ": tokens");
    }
    try {
      var amount = new BigInteger(Lines.after("pico", lines.get(6), what));
      var statement =
          new MonthStatement(
              Lines.count(Lines.after("organization", lines.get(1), what), what),
              YearMonth.parse(Lines.after("month", lines.get(2), what)),
              Lines.after("currency", lines.get(3), what),
              Hash.ofBase64(Lines.after("root", lines.get(7), what)),
              new Sums(
                  Lines.count(Lines.after("requests", lines.get(4), what), what),
                  counts[0],
                  counts[1],
                  counts[2],
                  counts[3],
                  counts[4],
                  counts[5],
                  counts[6],
                  counts[7],
                  amount.shiftRight(Long.SIZE).longValueExact(),
                  amount.longValue()));
      if (statement.text().equals(text)) {
        return statement;
      }
    } catch (DateTimeException | NumberFormatException | ArithmeticException e) {
      throw new NotGenuine(what + " is no statement of a month", e);
    }
    throw new NotGenuine(what + " is not written as statements are");
  }

  /** Whether that moment is after the month. */
  public boolean endsBefore(Instant admittedAt) {
    return YearMonth.from(admittedAt.atOffset(ZoneOffset.UTC)).isAfter(month);
  }

  /** Whether that moment is in the month. */
  public boolean covers(Instant admittedAt) {
    return YearMonth.from(admittedAt.atOffset(ZoneOffset.UTC)).equals(month);
  }
}
