package io.r1platform.billing.adjustments;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.adjustments.MonthTiers.Part;
import io.r1platform.billing.prices.Tiers;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The month's difference against one that prices token after token. */
class MonthTiersTests {
  private static final Tiers GRADUATED =
      new Tiers(Tiers.Kind.GRADUATED, List.of(new Tiers.Step(10, 6), new Tiers.Step(20, 0)), 0);

  @Test
  void eachTokenIsPricedByItsTier() {
    // 10 at 9, 10 at 6, 5 at 0 instead of 25 at 9
    assertThat(difference(part(25, 9, GRADUATED))).isEqualTo(10 * 9 + 10 * 6 - 25 * 9);
    assertThat(difference(part(10, 9, GRADUATED))).isZero();
  }

  @Test
  void aSuccessorCountsOnAndAPackageIsRoundedOnce() {
    assertThat(difference(part(10, 9, null), part(5, 9, GRADUATED))).isEqualTo(5 * 6 - 5 * 9);
    var packages = new Tiers(Tiers.Kind.PACKAGE, List.of(), 8);
    assertThat(difference(part(10, 9, packages), part(5, 7, packages))).isEqualTo(7);
    assertThat(difference(part(16, 9, packages), part(0, 7, packages))).isZero();
  }

  @Test
  void equalsPricingTokenAfterToken() {
    var random = new Random(8);
    for (int round = 0; round < 20_000; round++) {
      var parts = new ArrayList<Part>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        parts.add(part(random.nextInt(60), random.nextInt(100), tiers(random)));
      }
      assertThat(MonthTiers.difference(parts)).as("%s", parts).isEqualTo(naive(parts));
    }
  }

  private static BigInteger naive(List<Part> parts) {
    long month = parts.stream().mapToLong(p -> p.tokens().longValueExact()).sum();
    long place = 0;
    long sum = 0;
    for (Part part : parts) {
      Tiers tiers = part.tiers();
      long last = place + part.tokens().longValueExact();
      while (place < last) {
        place++;
        if (tiers != null && tiers.kind() != Tiers.Kind.PACKAGE) {
          long by = tiers.kind() == Tiers.Kind.VOLUME ? month : place;
          long unit = part.unitPico();
          for (Tiers.Step step : tiers.steps()) {
            unit = by > step.from() ? step.unitPico() : unit;
          }
          sum += unit - part.unitPico();
        }
      }
      if (tiers != null
          && tiers.kind() == Tiers.Kind.PACKAGE
          && part.tokens().signum() > 0
          && place == month) {
        long paid = month;
        while (paid % tiers.block() != 0) {
          paid++;
        }
        sum += (paid - month) * part.unitPico();
      }
    }
    return BigInteger.valueOf(sum);
  }

  private static @Nullable Tiers tiers(Random random) {
    if (random.nextInt(4) == 0) {
      return null;
    }
    if (random.nextInt(3) == 0) {
      return new Tiers(Tiers.Kind.PACKAGE, List.of(), 1 + random.nextInt(20));
    }
    var steps = new ArrayList<Tiers.Step>();
    long from = 0;
    for (int i = random.nextInt(3); i >= 0; i--) {
      from += 1 + random.nextInt(30);
      steps.add(new Tiers.Step(from, random.nextInt(100)));
    }
    var kind = random.nextBoolean() ? Tiers.Kind.GRADUATED : Tiers.Kind.VOLUME;
    return new Tiers(kind, steps, 0);
  }

  private static long difference(Part... parts) {
    return MonthTiers.difference(List.of(parts)).longValueExact();
  }

  private static Part part(long tokens, long unit, @Nullable Tiers tiers) {
    return new Part(BigInteger.valueOf(tokens), unit, tiers);
  }
}
