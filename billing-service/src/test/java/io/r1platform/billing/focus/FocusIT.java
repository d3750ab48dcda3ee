package io.r1platform.billing.focus;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.exports.Column;
import io.r1platform.billing.exports.Dataset;
import io.r1platform.billing.exports.Exported;
import io.r1platform.billing.focus.Rows.Row;
import io.r1platform.focus.Verification;
import io.r1platform.focus.Verification.Finding;
import io.r1platform.focus.Verification.Result;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Four months of real charges in FOCUS's columns, and what the rules say of them. */
class FocusIT {
  private static final BigDecimal PICO = new BigDecimal("0.000000000001");
  private static final BigDecimal CENT = new BigDecimal("0.01");
  private static final Path FIGURES = Path.of("target/figures/focus.txt");
  private static final List<Long> ALL =
      LongStream.rangeClosed(Month.CONTRACT, Month.CARRIER).boxed().toList();
  private static final Path DIRECTORY = Path.of("target/focus-it");
  private static BillingFixture billing;
  private static Month month;
  private static Rows running; // before the first month's end
  private static Rows closed; // after it
  private static Rows charges; // after the fourth's
  private static Rows details;
  private static Rows periods;

  @BeforeAll
  static void fourMonths() throws IOException {
    Files.createDirectories(FIGURES.getParent());
    Files.deleteIfExists(FIGURES);
    billing = new BillingFixture();
    month = new Month(billing);
    month.run();
    running = rows(CostAndUsage.class, null);
    assertThat(status(Month.CONTRACT, 0)).isEqualTo("Open");
    assertSums(running);
    month.close();
    closed = rows(CostAndUsage.class, null);
    assertSums(closed);
    month.closeTheNext();
    month.closeTheThird();
    assertThat(status(Month.CORRECTED, 2)).isEqualTo("Closed");
    month.voidTheThird();
    month.correctTheFirstAtLast();
    charges = rows(CostAndUsage.class, null);
    details = rows(InvoiceDetail.class, null);
    periods = rows(BillingPeriod.class, null);
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void theDatasetsHaveFocusColumnsFirstThenOurOwn() {
    var expected = new TreeSet<>(FocusFacts.MANDATORY);
    expected.addAll(FocusFacts.CONDITIONAL);
    assertColumns(CostAndUsage.class, expected, FocusFacts.NULLABLE);
    assertColumns(InvoiceDetail.class, FocusFacts.INVOICE_DETAIL, FocusFacts.NULLABLE_DETAIL);
    assertColumns(BillingPeriod.class, FocusFacts.BILLING_PERIOD, Set.of());
  }

  private static void assertColumns(
      Class<? extends Dataset> type, Set<String> expected, Set<String> nullable) {
    List<Column> columns = billing.bean(type).columns();
    List<String> names = columns.stream().map(Column::name).toList();
    List<String> focus = names.stream().filter(name -> !name.startsWith("x_")).toList();
    assertThat(focus).containsExactlyElementsOf(new TreeSet<>(expected));
    assertThat(names.subList(focus.size(), names.size()))
        .allMatch(name -> name.matches("x_[A-Z][A-Za-z]+"))
        .isSorted();
    assertThat(columns)
        .filteredOn(column -> !column.name().startsWith("x_"))
        .allMatch(column -> column.nullable() == nullable.contains(column.name()));
  }

  @Test
  void everyValueIsOfItsFormatAndNothingIsEmptyInsteadOfNull() {
    assertValues(CostAndUsage.class, charges);
    assertValues(InvoiceDetail.class, details);
    assertValues(BillingPeriod.class, periods);
  }

  private static void assertValues(Class<? extends Dataset> type, Rows rows) {
    assertThat(rows.rows()).isNotEmpty();
    for (Column column : billing.bean(type).columns()) {
      for (Row row : rows.rows()) {
        String cell = row.get(column.name());
        if (cell == null) {
          assertThat(column.nullable()).as("%s in %s", column.name(), row).isTrue();
          continue;
        }
        assertThat(cell).as(column.name()).isNotBlank();
        switch (column.type()) {
          case DECIMAL -> assertThat(cell).as(column.name()).matches(FocusFacts.DECIMAL);
          case TIMESTAMP -> assertThat(cell).as(column.name()).matches(FocusFacts.MOMENT);
          case BIGINT -> assertThat(cell).as(column.name()).matches("\\d+");
          case JSON -> assertThat(cell).as(column.name()).startsWith("{").endsWith("}");
          case TEXT -> {}
        }
        List<String> allowed = FocusFacts.ALLOWED.get(column.name());
        if (allowed != null) {
          assertThat(allowed).as(column.name()).contains(cell);
        }
      }
    }
  }

  @Test
  void aCostIsItsUnitPriceTimesItsQuantityExactly() {
    var ids = new HashSet<String>();
    for (Row row : charges.rows()) {
      assertThat(ids.add(String.valueOf(row.get("x_ChargeId")))).as("%s", row).isTrue();
      boolean priced = row.get("SkuPriceId") != null;
      for (String column : FocusFacts.OF_A_PRICE) {
        assertThat(row.get(column) != null).as("%s in %s", column, row).isEqualTo(priced);
      }
      if (priced) {
        assertThat(row.product("ContractedUnitPrice"))
            .isEqualByComparingTo(row.decimal("ContractedCost"));
        assertThat(row.product("ListUnitPrice")).isEqualByComparingTo(row.decimal("ListCost"));
        assertThat(row.get("SkuPriceId"))
            .matches(FocusFacts.SKU_PRICE_ID)
            .startsWith(row.get("SkuId") + "-");
      }
      boolean usage = row.is("ChargeCategory", "Usage");
      assertThat(row.get("ConsumedQuantity") != null).isEqualTo(usage);
      assertThat(row.get("ConsumedUnit")).isEqualTo(usage ? "Tokens" : null);
      if (usage) {
        assertThat(row.decimal("PricingQuantity").movePointRight(6))
            .isEqualByComparingTo(row.decimal("ConsumedQuantity"));
        assertThat(row.decimal("EffectiveCost"))
            .isEqualByComparingTo(row.decimal("ContractedCost"));
      } else if (row.is("ChargeCategory", "Tax") || row.is("ChargeCategory", "Credit")) {
        assertThat(row.decimal("EffectiveCost")).isEqualByComparingTo(row.decimal("BilledCost"));
      } else if (row.is("ChargeCategory", "Purchase")) {
        assertThat(row.decimal("EffectiveCost")).isZero();
      }
      assertThat(row.get("InvoiceDetailId") != null).isEqualTo(row.get("InvoiceId") != null);
      assertThat(row.is("ChargeClass", "Correction"))
          .as("%s", row)
          .isEqualTo(
              String.valueOf(row.get("ChargePeriodStart"))
                      .compareTo(String.valueOf(row.get("BillingPeriodStart")))
                  < 0);
    }
  }

  @Test
  void everyKindOfChargeIsThere() {
    for (String category : FocusFacts.ALLOWED.getOrDefault("ChargeCategory", List.of())) {
      assertThat(charges.rows()).anyMatch(row -> row.is("ChargeCategory", category));
    }
    for (String text :
        List.of(
            "reasoning, tier 2",
            "answer, tier 3",
            "window offpeak",
            ", batch",
            ", paid from credit",
            ", taken back",
            ", corrected or late",
            "Minimum commitment",
            "Prepaid credit, taken back",
            "Prepaid credit that expired unused",
            "Paid credit drawn for more",
            "Promotional credit",
            "Carried to the next invoice",
            "Carried over from an earlier invoice",
            "what is beyond the rows")) {
      assertThat(charges.rows())
          .as(text)
          .anyMatch(row -> String.valueOf(row.get("ChargeDescription")).contains(text));
    }
    assertThat(charges.rows())
        .as("a token at the border of credit")
        .anyMatch(
            row ->
                row.is("ChargeCategory", "Usage")
                    && row.decimal("BilledCost").signum() > 0
                    && row.decimal("BilledCost").compareTo(row.decimal("EffectiveCost")) < 0);
    long requests = billing.sum("requests", "usage_hourly").longValueExact();
    Rows usage = charges.where(row -> !row.is("ChargeClass", "Correction"));
    long late = billing.sum("1", "usage_correction").longValueExact();
    assertThat(charges.sum("x_RequestCount").longValueExact()).isEqualTo(requests);
    assertThat(usage.sum("x_RequestCount").longValueExact()).isLessThanOrEqualTo(requests - late);
  }

  @Test
  void focusIsLedgerIsInvoiceLinesToThePico() {
    assertSums(charges);
    for (Map<String, @Nullable Object> invoice :
        billing
            .sql()
            .sql(
                """
                select i.number, i.status, sum(l.amount) as exact, sum(l.amount_minor) as minor
                from invoice i join invoice_line l using (invoice_id) where i.number is not null
                group by 1, 2
                """)
            .query()
            .listOfRows()) {
      String number = String.valueOf(invoice.get("number"));
      boolean isVoid = "void".equals(invoice.get("status"));
      Rows billed = charges.where(row -> row.is("InvoiceId", number));
      Rows lines = details.where(row -> row.is("InvoiceId", number));
      BigDecimal exact = new BigDecimal(String.valueOf(invoice.get("exact")));
      BigDecimal minor = new BigDecimal(String.valueOf(invoice.get("minor")));
      assertThat(billed.sum("BilledCost"))
          .as("charges of %s", number)
          .isEqualByComparingTo(isVoid ? BigDecimal.ZERO : exact.multiply(PICO));
      assertThat(lines.sum("BilledCost"))
          .as("lines of %s", number)
          .isEqualByComparingTo(isVoid ? BigDecimal.ZERO : minor.multiply(CENT));
      assertThat(lines.sum("x_ExactCost")).isEqualByComparingTo(exact.multiply(PICO));
      double rows = Math.max(billed.rows().size(), 1);
      assertThat(lines.sum("BilledCost").subtract(billed.sum("BilledCost")).abs())
          .as("rounding of %s", number)
          .isLessThanOrEqualTo(
              CENT.multiply(BigDecimal.valueOf(Math.max(100, Math.sqrt(rows) * 0.5))));
    }
    BigDecimal rounded =
        details
            .where(row -> row.is("InvoiceIssueStatus", "Issued"))
            .sum("BilledCost")
            .subtract(charges.where(row -> row.get("InvoiceId") != null).sum("BilledCost"));
    assertThat(ledger("account = 'rounding'").negate()).isEqualByComparingTo(rounded);
  }

  /** Of all rows, whoever is billed and whenever. */
  private static void assertSums(Rows rows) {
    for (long tenant : ALL) {
      String of = " and tenant_id = " + tenant;
      Rows own = rows.where(row -> row.is("BillingAccountId", Long.toString(tenant)));
      Rows usage =
          own.where(
              row ->
                  !row.is("ChargeCategory", "Purchase")
                      && !String.valueOf(row.get("x_ChargeId")).contains("|D|"));
      assertThat(usage.sum("BilledCost"))
          .as("accrued of %d", tenant)
          .isEqualByComparingTo(
              ledger(
                  """
                  account = 'accrued' and journal_id not in (
                    select journal_id from invoice where journal_id is not null union all
                    select void_journal_id from invoice where void_journal_id is not null)
                  """
                      + of));
      assertThat(own.where(row -> row.is("ChargeCategory", "Purchase")).sum("BilledCost"))
          .isEqualByComparingTo(ledger("account = 'cash'" + of));
      assertThat(own.where(row -> row.is("ChargeCategory", "Tax")).sum("BilledCost"))
          .isEqualByComparingTo(ledger("account = 'tax_payable'" + of).negate());
      assertThat(
              own.where(
                      row ->
                          row.is("ChargeCategory", "Usage")
                              || (row.is("ChargeCategory", "Adjustment")
                                  && !String.valueOf(row.get("x_ChargeId")).contains("|X|")))
                  .sum("EffectiveCost"))
          .as("revenue of %d", tenant)
          .isEqualByComparingTo(ledger("account = 'revenue'" + of).negate());
    }
  }

  @Test
  void whatComesAfterTheCloseStandsInTheNextMonth() {
    Predicate<Row> ofTheFirst =
        row -> String.valueOf(row.get("BillingPeriodStart")).equals(month.from().toString());
    for (long tenant : List.of(Month.PREPAID, Month.CORRECTED)) {
      Predicate<Row> own =
          row -> row.is("BillingAccountId", Long.toString(tenant)) && ofTheFirst.test(row);
      assertThat(charges.where(own).rows()).isEqualTo(closed.where(own).rows());
      assertThat(charges.where(own).sum("BilledCost"))
          .isEqualByComparingTo(running.where(own).sum("BilledCost"));
    }
    assertThat(periods.rows())
        .extracting(row -> row.get("BillingPeriodStart"))
        .contains(month.from().toString());
  }

  @Test
  void aMonthByItselfHasAllThatItBills() {
    for (int n = 0; n < Month.MONTHS; n++) {
      String begin = month.begin(n).toString();
      Rows alone =
          Rows.of(
              billing.sql(),
              billing.bean(CostAndUsage.class),
              null,
              month.begin(n),
              month.begin(n + 1));
      assertThat(alone.rows())
          .as("month %d", n)
          .isNotEmpty()
          .isEqualTo(charges.where(row -> row.is("BillingPeriodStart", begin)).rows());
    }
  }

  @Test
  void aMonthIsClosedByAnInvoiceThatIsNotVoid() {
    assertThat(status(Month.CONTRACT, 0)).isEqualTo("Closed");
    assertThat(status(Month.CORRECTED, 0)).as("void, and made again").isEqualTo("Closed");
    assertThat(status(Month.CONTRACT, 2)).isEqualTo("Closed");
    assertThat(status(Month.CORRECTED, 2)).as("void").isEqualTo("Open");
    assertThat(List.of(status(null, 0), status(null, 1))).as("all").containsOnly("Closed");
    assertThat(
            billing
                .sql()
                .sql("select month from invoice_month(?, '2000-01-01', '2100-01-01') where closed")
                .param(Month.LEAVER)
                .query(LocalDate.class)
                .list())
        .as("one that is void, but before another; none of the month of a credit note alone")
        .containsExactlyInAnyOrder(month.first.atDay(1), month.first.plusMonths(1).atDay(1));
    assertThat(status(Month.BUYER, 0)).as("only credit was bought").isEqualTo("Open");
    assertThat(rows(BillingPeriod.class, Month.BUYER).rows()).hasSize(1);
    assertThat(periods.rows())
        .extracting(row -> row.get("BillingPeriodStart"))
        .containsAll(charges.rows().stream().map(row -> row.get("BillingPeriodStart")).toList());
  }

  @Test
  void whatAVoidInvoiceOfAPassedMonthBilledIsCorrectedLater() {
    Rows left = charges.where(row -> row.is("BillingAccountId", Month.LEAVER + ""));
    assertThat(left.rows()).noneMatch(row -> row.is("BillingPeriodStart", month.begin(0) + ""));
    assertThat(left.where(row -> row.is("BillingPeriodStart", month.begin(2) + "")).rows())
        .isNotEmpty()
        .allMatch(row -> row.is("ChargeClass", "Correction"));
  }

  private static @Nullable String status(@Nullable Long tenant, int n) {
    String begin = month.begin(n).toString();
    return rows(BillingPeriod.class, tenant)
        .where(row -> row.is("BillingPeriodStart", begin))
        .rows()
        .getFirst()
        .get("BillingPeriodStatus");
  }

  @Test
  void oneOrganizationsRowsAreThoseOfAllThatAreItsOwn() {
    for (long tenant : ALL) {
      assertThat(rows(CostAndUsage.class, tenant).rows())
          .isEqualTo(
              charges.where(row -> row.is("BillingAccountId", Long.toString(tenant))).rows());
    }
    assertThat(rows(CostAndUsage.class, 999_999L).rows()).isEmpty();
  }

  @Test
  void theSameUsageByWalletIsAllOfItAndAllCreditToThePico() throws IOException {
    WalletTypes.assertUsageAndCredit(billing, ALL, month.from(), month.to(), DIRECTORY);
  }

  @Test
  void theOfficialRulesHold() throws IOException {
    Path model = officialModel();
    var findings = new ArrayList<Finding>();
    for (var file :
        List.of(
            write("focus_cost_and_usage", charges),
            write("focus_invoice_detail", details),
            write("focus_billing_period", periods))) {
      Verification done = Verification.of(file, model);
      assertThat(failed(done)).as(done.dataset()).isEmpty();
      say("focus dataset=%s rows=%d %s".formatted(done.dataset(), done.rows(), done.summary()));
      done.findings().stream().filter(f -> f.result() == Result.PASSED).forEach(findings::add);
    }
    int rules = Verification.of(write("again", periods), model).findings().size();
    say(
        "focus rules=%d applicable=%d passed=%d failed=0 skipped=%d"
            .formatted(rules, findings.size(), findings.size(), rules - findings.size()));
    assertThat(findings).hasSizeGreaterThan(180);
  }

  /** And the files have the same rows: what passes does so in each of them. */
  @Test
  void theFilesOfEveryFormatHoldTheOfficialRules() throws IOException {
    Path model = officialModel();
    for (Class<? extends Dataset> type :
        List.of(CostAndUsage.class, InvoiceDetail.class, BillingPeriod.class)) {
      Dataset dataset = billing.bean(type);
      Verification asked =
          Verification.of(write(dataset.name() + "-asked", rows(type, null)), model);
      for (String format : Exported.formats()) {
        Path file =
            Exported.file(
                billing, dataset, month.from(), month.to(), format, DIRECTORY.resolve(format));
        Verification done = Verification.of(file, model);
        assertThat(failed(done)).as(file.toString()).isEmpty();
        assertThat(done.rows()).as(file.toString()).isEqualTo(asked.rows());
        assertThat(done.summary()).as(file.toString()).isEqualTo(asked.summary());
      }
    }
  }

  @Test
  void aWrongRowFailsByTheNameOfItsRule() throws IOException {
    Path model = officialModel();
    Rows all = charges;
    Predicate<Row> usage =
        row -> row.is("ChargeCategory", "Usage") && row.get("ChargeClass") == null;
    expect(model, "CAU-BilledCost-C-003-M", all.flip(usage, "BilledCost", null));
    expect(model, "CAU-ListCost-C-011-C", all.flip(usage, "ListCost", "0.01"));
    expect(model, "CAU-ContractedCost-C-011-C", all.flip(usage, "ContractedCost", "0.01"));
    expect(model, "CAU-ChargeCategory-C-003-M", all.flip(usage, "ChargeCategory", "Refund"));
    expect(
        model,
        "CAU-EffectiveCost-C-017-C",
        all.flip(row -> row.is("ChargeCategory", "Tax"), "EffectiveCost", "0"));
    expect(
        model,
        "CAU-BillingPeriodStart-C-002-M",
        all.flip(usage, "BillingPeriodStart", "2026-12-01 00:00:00"));
    expect(model, "CAU-SkuPriceId-C-008-M", all.flip(usage, "SkuId", "another"));
    expect(model, "CAU-BillingCurrency-C-006-M", all.flip(usage, "BillingCurrency", "XAU"));
    expect(model, "CAU-ConsumedUnit-C-006-C", all.flip(usage, "ConsumedUnit", null));
    expect(model, "CAU-Tags-C-001-M", all.flip(usage, "Tags", "{\"a\": {\"b\": 1}}"));
    expect(model, "CAU-PricingUnit-C-003-O", all.flip(usage, "PricingUnit", "per 1M (tokens)"));
    expect(model, "CAU-ServiceName-C-002-M", all.flip(usage, "ServiceName", ""));
    expect(model, "CAU-CostAndUsage-D-004-C", all.without("ListUnitPrice"));
    expect(model, "IND-PaymentTerms-C-003-M", details.flip(r -> true, "PaymentTerms", null));
    expect(
        model,
        "BIP-BillingPeriodStatus-C-003-M",
        periods.flip(r -> true, "BillingPeriodStatus", "Half"));
  }

  private static void expect(Path model, String rule, Rows rows) throws IOException {
    assertThat(failed(Verification.of(write("flipped", rows), model)))
        .as(rule)
        .anyMatch(finding -> finding.ruleId().equals(rule));
  }

  private static List<Finding> failed(Verification verification) {
    return verification.findings().stream().filter(f -> f.result() == Result.FAILED).toList();
  }

  /**
   * The model is not in the repository: it lies beside it, or the test says that it was not run.
   */
  private static Path officialModel() throws IOException {
    Optional<Path> found = Optional.empty();
    for (Path up = Path.of("").toAbsolutePath();
        up != null && found.isEmpty();
        up = up.getParent()) {
      found = Optional.of(up.resolve("shared/data/focus/model-1.4.json")).filter(Files::exists);
    }
    if (found.isEmpty()) {
      say("focus: not checked against the official rules, no shared/data/focus/model-1.4.json");
    }
    assumeTrue(found.isPresent(), "the official rule model is not here");
    return found.orElseThrow();
  }

  private static synchronized void say(String line) throws IOException {
    Files.writeString(FIGURES, line + "\n", CREATE, APPEND);
  }

  private static Path write(String name, Rows rows) throws IOException {
    return rows.write(Files.createDirectories(DIRECTORY).resolve(name + ".csv"));
  }

  private static Rows rows(Class<? extends Dataset> type, @Nullable Long organization) {
    return Rows.of(billing.sql(), billing.bean(type), organization, month.from(), month.to());
  }

  private static BigDecimal ledger(String where) {
    return new BigDecimal(billing.sum("amount", "posted_entry where " + where)).multiply(PICO);
  }
}
