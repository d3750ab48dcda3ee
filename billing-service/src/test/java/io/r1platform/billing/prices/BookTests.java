package io.r1platform.billing.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.money.Pico;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which price a request gets, where one is 0, missing or a batch's. */
class BookTests {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int FREE = 1;
  private static final int PRICED = 2;
  private static final int UNKNOWN = 3;

  private final Book book =
      new Book(
          List.of(version(1, null, FREE, 0, true), version(2, 7L, PRICED, 9, false)), Map.of());

  /**
   * An explicit 0 is a price; a missing one is never put in from elsewhere. BerriAI/litellm#37992
   * (zeros replaced), #36168 (4 times the cost), QuantumNous/new-api#4168 (an estimate charged).
   */
  @Test
  void zeroIsZeroMissingIsNotGuessed() {
    assertThat(amount(charge(5, FREE, false))).isZero();
    assertThat(book.rate(charge(5, UNKNOWN, false))).isEmpty();
    assertThat(book.rate(charge(5, PRICED, false))).as("another's contract").isEmpty();
    assertThat(amount(charge(7, PRICED, false))).isEqualTo(9 * 10);
    assertThat(book.rate(new Charge(5, FREE, BEGIN.minusNanos(1), false, 1, 2, 3, 4))).isEmpty();
    assertThat(amount(new Charge(7, PRICED, BEGIN, false, 0, 0, 0, 0))).isZero();
  }

  @Test
  void aBatchHasItsOwnPrices() {
    assertThat(book.unit(1, FREE, Sku.ANSWER_BATCH, 0)).hasValue(0);
    assertThat(amount(charge(5, FREE, true))).isZero();
    var twins = new Book(List.of(version(1, null, PRICED, 8, true)), Map.of());
    assertThat(twins.rate(charge(5, PRICED, false)).orElseThrow().amountPico()).isEqualTo(80);
    assertThat(twins.rate(charge(5, PRICED, true)).orElseThrow().amountPico()).isEqualTo(40);
  }

  /** By the rule of decision 0012, so that it is no guess. */
  @Test
  void aBatchWithoutPricesPaysHalfRoundedUp() {
    assertThat(amount(charge(7, PRICED, true))).isEqualTo(5 * 10);
    assertThat(book.unit(2, PRICED, Sku.HIT_BATCH, 0)).hasValue(5);
    assertThat(book.rate(charge(5, UNKNOWN, true))).isEmpty();
  }

  private long amount(Charge charge) {
    return book.rate(charge).orElseThrow().amountPico();
  }

  private static Charge charge(long tenant, int model, boolean batch) {
    return new Charge(tenant, model, BEGIN, batch, 1, 2, 3, 4);
  }

  /** Every token at one price, in a batch at half of it. */
  private static PriceVersion version(
      long id, @Nullable Long tenant, int model, long unit, boolean batches) {
    var prices = new ArrayList<PriceVersion.Price>();
    for (Sku sku : Sku.values()) {
      if (batches || !sku.isBatch()) {
        var price = new Pico(sku.isBatch() ? unit / 2 : unit);
        prices.add(new PriceVersion.Price(model, "m" + model, sku, 0, price, price, null));
      }
    }
    String hash = "%064x".formatted(id);
    return new PriceVersion(id, tenant, "list", "USD", hash, BEGIN, null, false, List.of(), prices);
  }
}
