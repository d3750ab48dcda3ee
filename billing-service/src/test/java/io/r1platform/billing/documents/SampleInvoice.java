package io.r1platform.billing.documents;

import io.r1platform.billing.invoices.InvoiceView;
import io.r1platform.billing.invoices.InvoiceView.Customer;
import io.r1platform.billing.invoices.InvoiceView.LineView;
import io.r1platform.billing.invoices.InvoiceView.Party;
import io.r1platform.billing.invoices.InvoiceView.Reference;
import io.r1platform.billing.invoices.InvoiceView.TaxView;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An invoice with everything that one can have, of as many projects as are asked for. */
final class SampleInvoice {
  private static final List<String> SKUS = List.of("hit", "miss", "reasoning", "output");
  private static final List<String> PRICES = List.of("0.14", "0.55", "2.19", "2.19");
  private static final List<String> NAMES =
      List.of(
          "Chat", // the first
          "W".repeat(100), // the widest
          "한국어로된프로젝트의이름은띄어쓰기가없어도되고".repeat(4),
          "Search & answer <beta> for the customers of the north, the south and the east");
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

  private final List<LineView> lines = new ArrayList<>();
  private BigDecimal net = BigDecimal.ZERO;

  private SampleInvoice() {}

  static InvoiceView invoice(int projects) {
    return new SampleInvoice().build(projects);
  }

  static InvoiceView creditNote() {
    var sample = new SampleInvoice();
    sample.add("ADJUSTMENT", "Outage on 14 November, 답변 지연 보상", 3, "-120.00", "VAT");
    sample.add("ADJUSTMENT", "Outage on 14 November, 답변 지연 보상", 4, "-79.99", "VAT");
    var taxes = List.of(new TaxView("VAT", "부가가치세 VAT", 100_000, "-199.99", "-20.00"));
    return sample.view(
        "CREDIT_NOTE", "R1-CN-2026-000007", taxes, new Reference("12", "R1-2026-000123"));
  }

  private InvoiceView build(int projects) {
    for (int project = 1; project <= projects; project++) {
      for (int window = 0; window < 2; window++) {
        for (int sku = 0; sku < SKUS.size(); sku++) {
          usage(project, window, sku, sku % 2 == 0 ? "" : "-batch");
        }
      }
    }
    add("TIER", null, null, "-312.40", "VAT");
    add("SHORTFALL", null, null, "1000.00", "VAT");
    add("CREDIT", "PROMO", null, "-50.00", "VAT");
    add("CREDIT", "PAID", null, "-200.00", "ZERO");
    add("CARRIED", "VAT", null, "-3.07", "VAT");
    BigDecimal taxed = net.add(new BigDecimal("200.00"));
    var taxes =
        List.of(
            new TaxView("VAT", "부가가치세 VAT", 100_000, text(taxed), text(tax(taxed))),
            new TaxView("ZERO", "Zero-rated supply", 0, "-200.00", "0.00"));
    return view("INVOICE", "R1-2026-000123", taxes, null);
  }

  private static BigDecimal tax(BigDecimal net) {
    return net.movePointLeft(1).setScale(2, RoundingMode.HALF_EVEN);
  }

  private void usage(int project, int window, int sku, String batch) {
    long tokens = 1_234_567L * (project * 7L + window * 3L + sku + 1);
    var price = new BigDecimal(PRICES.get(sku));
    BigDecimal amount =
        price.multiply(BigDecimal.valueOf(tokens)).divide(MILLION, 2, RoundingMode.HALF_EVEN);
    net = net.add(amount);
    lines.add(
        new LineView(
            lines.size() + 1,
            "USAGE",
            project == 1 ? "2026-10" : "2026-11",
            Integer.toString(100 + project),
            project > NAMES.size() ? null : NAMES.get(project - 1),
            "r1-reasoning-qwen-32b-instruct",
            "r1-reasoning-qwen-32b-instruct-" + SKUS.get(sku) + batch,
            Integer.toString(41 + window),
            Integer.toString(41 + window).repeat(32),
            window,
            Long.toString(tokens),
            "1",
            price.toPlainString(),
            null,
            null,
            "1",
            text(amount),
            "VAT",
            100_000));
  }

  private void add(
      String kind, @Nullable String note, @Nullable Integer reference, String amount, String tax) {
    net = net.add(new BigDecimal(amount));
    boolean tier = kind.equals("TIER");
    lines.add(
        new LineView(
            lines.size() + 1,
            kind,
            "2026-11",
            null,
            null,
            tier ? "r1-reasoning-qwen-32b-instruct" : null,
            tier ? "r1-reasoning-qwen-32b-instruct-output" : null,
            null,
            null,
            tier ? 1 : null,
            null,
            null,
            null,
            note,
            reference,
            "1",
            amount,
            tax,
            100_000));
  }

  private InvoiceView view(
      String kind, String number, List<TaxView> taxes, @Nullable Reference reference) {
    BigDecimal tax =
        taxes.stream()
            .map(t -> new BigDecimal(t.amount()))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    return new InvoiceView(
        "12",
        "7",
        kind,
        "finalized",
        number,
        "2026-11",
        Instant.parse("2026-11-01T00:00:00Z"),
        Instant.parse("2026-12-01T00:00:00Z"),
        "USD",
        Instant.parse("2026-12-02T01:00:00Z"),
        Instant.parse("2026-12-02T01:00:00Z"),
        LocalDate.parse("2027-01-01"),
        "NET_30",
        new Party(
            "R1 Platform Operations Inc.",
            List.of("1 Main Street, Suite 400", "Springfield, IL 62701", "United States"),
            "12-3456789",
            List.of(
                "First Bank of Springfield, ABA 011000015",
                "Account 000123456789, quote the number")),
        new Customer(
            "한빛소프트 인공지능연구개발 주식회사",
            List.of("서울특별시 마포구 월드컵북로 396, 누리꿈스퀘어 연구개발타워 12층", "03925 대한민국"),
            "KR",
            "123-45-67890",
            "ap@hanbit.example",
            "ko",
            "A4"),
        reference,
        text(net),
        text(tax),
        text(net.add(tax)),
        "0.00",
        net.movePointRight(12).toBigInteger().toString(),
        "0",
        "ab".repeat(32),
        "123456",
        lines,
        taxes,
        null,
        List.of());
  }

  private static String text(BigDecimal amount) {
    return amount.setScale(2, RoundingMode.UNNECESSARY).toPlainString();
  }
}
