package io.r1platform.billing.exports;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Counts rows of CSV and sums their amounts, per currency and exactly, as they go by. */
final class Totals {
  private static final int PICO_DIGITS = 12;
  private static final int MOST_DIGITS = 18;

  /** A sum whose low part is a long, so that a row makes no object. */
  private static final class Sum {
    private BigDecimal high = BigDecimal.ZERO;
    private long lowPico;

    void add(long pico) {
      long sum = lowPico + pico;
      if (((lowPico ^ sum) & (pico ^ sum)) < 0) {
        high = high.add(BigDecimal.valueOf(lowPico, PICO_DIGITS));
        sum = pico;
      }
      lowPico = sum;
    }

    void add(BigDecimal amount) {
      high = high.add(amount);
    }

    BigDecimal whole() {
      return high.add(BigDecimal.valueOf(lowPico, PICO_DIGITS));
    }
  }

  private final int amount;
  private final int currency;
  private final Map<String, Sum> sums = new TreeMap<>();
  private byte[] lastCurrency = {};
  private Sum lastSum = new Sum();
  private long rows;

  /** Where the amount and its currency are; -1: nothing is summed. */
  Totals(int amount, int currency) {
    this.amount = amount;
    this.currency = currency;
  }

  static Totals of(Scope scope) {
    return new Totals(scope.amount(), scope.currency());
  }

  /** One line, with or without its end. Neither of the two columns has a quote or a comma in it. */
  void add(byte[] row) {
    rows++;
    if (amount < 0) {
      return;
    }
    int last = Math.max(amount, currency);
    int amountFrom = 0;
    int amountTo = 0;
    int currencyFrom = 0;
    int currencyTo = 0;
    int field = 0;
    int from = 0;
    boolean quoted = false;
    for (int i = 0; field <= last && i <= row.length; i++) {
      byte b = i < row.length ? row[i] : (byte) '\n';
      if (b == '"') {
        quoted = !quoted;
      } else if (!quoted && (b == ',' || b == '\n')) {
        if (field == amount) {
          amountFrom = from;
          amountTo = i;
        }
        if (field == currency) {
          currencyFrom = from;
          currencyTo = i;
        }
        field++;
        from = i + 1;
      }
    }
    add(row, amountFrom, amountTo, sumOf(row, currencyFrom, currencyTo));
  }

  void add(Totals other) {
    rows += other.rows;
    other.sums.forEach((name, sum) -> sums.computeIfAbsent(name, n -> new Sum()).add(sum.whole()));
  }

  long rows() {
    return rows;
  }

  /** In the currency, without zeros at the end, by currency. */
  Map<String, BigDecimal> sums() {
    var whole = new TreeMap<String, BigDecimal>();
    sums.forEach((name, sum) -> whole.put(name, sum.whole().stripTrailingZeros()));
    return whole;
  }

  /** In 10^-12 of the currency. */
  Map<String, String> pico() {
    var texts = new TreeMap<String, String>();
    sums()
        .forEach(
            (name, sum) ->
                texts.put(
                    name, sum.movePointRight(PICO_DIGITS).stripTrailingZeros().toPlainString()));
    return texts;
  }

  private Sum sumOf(byte[] row, int from, int to) {
    if (!Arrays.equals(row, from, to, lastCurrency, 0, lastCurrency.length)
        || lastCurrency.length == 0) {
      lastCurrency = Arrays.copyOfRange(row, from, to);
      lastSum =
          sums.computeIfAbsent(new String(lastCurrency, StandardCharsets.UTF_8), name -> new Sum());
    }
    return lastSum;
  }

  private static void add(byte[] row, int from, int to, Sum sum) {
    if (from == to || row[from] == '\\') {
      return; // null
    }
    int fraction = -1;
    int digits = 0;
    long value = 0;
    boolean negative = row[from] == '-';
    for (int i = negative ? from + 1 : from; i < to; i++) {
      if (row[i] == '.') {
        fraction = 0;
        continue;
      }
      if (++digits > MOST_DIGITS) {
        break;
      }
      value = value * 10 + (row[i] - '0');
      fraction += fraction < 0 ? 0 : 1;
    }
    int shift = PICO_DIGITS - Math.max(0, fraction);
    if (digits > MOST_DIGITS || shift < 0 || digits + shift > MOST_DIGITS) {
      sum.add(new BigDecimal(new String(row, from, to - from, StandardCharsets.US_ASCII)));
      return;
    }
    for (int i = 0; i < shift; i++) {
      value *= 10;
    }
    sum.add(negative ? -value : value);
  }
}
