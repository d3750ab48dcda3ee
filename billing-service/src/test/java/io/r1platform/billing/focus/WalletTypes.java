package io.r1platform.billing.focus;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.exports.Dataset;
import io.r1platform.billing.exports.Exported;
import io.r1platform.billing.focus.Rows.Row;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What credit paid, in the columns of DeepSeek's file. */
final class WalletTypes {
  private static final BigDecimal PICO = new BigDecimal("0.000000000001");

  private WalletTypes() {}

  /**
   * Each organization's rows are all its usage, as the file beside has it, and what credit is in
   * them was drawn.
   */
  static void assertUsageAndCredit(
      BillingFixture billing, List<Long> organizations, Instant from, Instant to, Path place)
      throws IOException {
    Map<String, BigDecimal> atPrices = atPrices(billing, from, to, place);
    Dataset dataset = Exported.dataset(billing, "deepseek_cost");
    var types = new TreeSet<String>();
    for (long organization : organizations) {
      Rows rows = Rows.of(billing.sql(), dataset, organization, from, to);
      String of = " where tenant_id = " + organization;
      rows.rows().forEach(row -> types.add(String.valueOf(row.get("wallet_type"))));
      assertThat(rows.sum("cost"))
          .as("usage of %d", organization)
          .isEqualByComparingTo(atPrices.getOrDefault(Long.toString(organization), BigDecimal.ZERO))
          .isEqualByComparingTo(
              new BigDecimal(billing.sum("amount", "usage_hourly" + of)).multiply(PICO));
      for (String[] kind : new String[][] {{"Granted", "PROMO"}, {"Paid", "PAID"}}) {
        assertThat(rows.where(row -> row.is("wallet_type", kind[0])).sum("cost"))
            .as("%s by %d", kind[0], organization)
            .isEqualByComparingTo(
                new BigDecimal(
                        billing.sum(
                            "amount", "credit_drawn" + of + " and kind = '" + kind[1] + "'"))
                    .multiply(PICO));
      }
      assertThat(rows.rows()).allMatch(row -> row.decimal("cost").signum() > 0);
      List<Row> byDay =
          rows.rows().stream()
              .map(row -> LocalDate.parse(String.valueOf(row.get("utc_date"))))
              .distinct()
              .flatMap(day -> day(billing, dataset, organization, day))
              .toList();
      assertThat(byDay).as("the days of %d", organization).isEqualTo(rows.rows());
    }
    assertThat(types).containsExactly("Granted", "Invoiced", "Paid");
  }

  /** Tokens times their prices by organization, of the file of amounts. */
  private static Map<String, BigDecimal> atPrices(
      BillingFixture billing, Instant from, Instant to, Path place) throws IOException {
    Dataset amounts = Exported.dataset(billing, "deepseek_compat");
    return Files.readAllLines(Exported.file(billing, amounts, from, to, "csv", place)).stream()
        .skip(1)
        .map(line -> line.split(",", -1)) // user_id first, price and amount last
        .filter(cells -> !cells[6].isEmpty())
        .collect(
            Collectors.toMap(
                cells -> cells[0],
                cells -> new BigDecimal(cells[6]).multiply(new BigDecimal(cells[7])),
                BigDecimal::add));
  }

  private static Stream<Row> day(
      BillingFixture billing, Dataset dataset, long organization, LocalDate day) {
    Instant begin = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    return Rows.of(billing.sql(), dataset, organization, begin, end).rows().stream();
  }
}
