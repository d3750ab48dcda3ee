package io.r1platform.billing.invoices;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.invoices.Assembled.Taxed;
import io.r1platform.billing.invoices.Line.Rounded;
import io.r1platform.billing.invoices.Line.Tax;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CarryTests {
  private static final MinorUnit CENTS = MinorUnit.of("USD");
  private static final Tax VAT = new Tax("VAT", "VAT", 100_000);
  private static final Tax LOW = new Tax("LOW", "Reduced", 50_000);

  @Test
  void whatIsNotBelowZeroStaysAsItIs() {
    var lines = List.of(line(2_000, VAT), line(-1_000, Tax.NONE));
    assertThat(Carry.assemble(lines, CENTS)).isEqualTo(Assembled.of(lines, CENTS));
  }

  @Test
  void aMonthBelowZeroAsksForNothing() {
    Assembled done = Carry.assemble(List.of(line(1_000, VAT), line(-1_300, VAT)), CENTS);
    assertThat(carried(done)).isEqualTo(pico(300));
    assertThat(done.netPico()).isZero();
    assertThat(done.totalMinor()).isZero();
    assertThat(done.lines().getLast().line().kind()).isEqualTo(Line.Kind.TAX);
    assertThat(done.lines().get(2).line().note()).isEqualTo("VAT");
  }

  /** The tax on usage is due though credit has paid the usage. */
  @Test
  void whatIsNotTaxedIsCarriedWithoutItsTax() {
    Assembled done = Carry.assemble(List.of(line(1_000, VAT), line(-1_200, Tax.NONE)), CENTS);
    assertThat(carried(done)).isEqualTo(pico(200));
    assertThat(done.netMinor()).isZero();
    assertThat(done.totalMinor()).isEqualTo(100);
  }

  @Test
  void anyLinesComeOutAtZeroOrMoreAndOnlyWhatIsCarriedIsAdded() {
    var random = new Random(57);
    int below = 0;
    for (int round = 0; round < 5_000; round++) {
      var lines = new ArrayList<Taxed>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        Tax tax = List.of(Tax.NONE, VAT, LOW).get(random.nextInt(3));
        var amount = BigInteger.valueOf(random.nextLong(-30_000_000_000L, 30_000_000_000L));
        lines.add(new Taxed(Line.carried(null, amount), tax));
      }
      Assembled before = Assembled.of(lines, CENTS);
      Assembled done = Carry.assemble(lines, CENTS);
      BigInteger carried = done.netPico().subtract(before.netPico());
      assertThat(carried.signum()).as("round %d", round).isNotNegative();
      assertThat(done.netPico().signum()).as("round %d", round).isNotNegative();
      assertThat(done.netMinor()).as("round %d", round).isNotNegative();
      assertThat(done.totalMinor()).as("round %d", round).isNotNegative();
      boolean wasBelow =
          before.netPico().signum() < 0 || before.netMinor() < 0 || before.totalMinor() < 0;
      assertThat(carried.signum() > 0).as("round %d", round).isEqualTo(wasBelow);
      below += wasBelow ? 1 : 0;
    }
    assertThat(below).isBetween(1_000, 4_000);
  }

  private static BigInteger carried(Assembled assembled) {
    return assembled.lines().stream()
        .map(Rounded::line)
        .filter(line -> line.kind() == Line.Kind.CARRIED)
        .map(Line::amount)
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static Taxed line(long minor, Tax tax) {
    return new Taxed(Line.adjustment(1, "a test", pico(minor)), tax);
  }

  private static BigInteger pico(long minor) {
    return CENTS.picoOf(minor);
  }
}
