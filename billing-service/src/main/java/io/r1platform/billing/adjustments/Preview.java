package io.r1platform.billing.adjustments;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.prices.Book;
import io.r1platform.billing.prices.Charge;
import io.r1platform.billing.prices.PriceBook;
import io.r1platform.billing.prices.Rated;
import io.r1platform.billing.prices.RatedVersion;
import io.r1platform.billing.prices.Sku;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** What stored usage would cost by another version or draft, at the first tier. Writes nothing. */
@Component
class Preview {
  private static final Sku[] CLASSES = {Sku.HIT, Sku.MISS, Sku.REASONING, Sku.ANSWER};

  /** Pico-dollars and tokens of one tenant and SKU. */
  record Row(long tenantId, Sku sku, BigInteger tokens, BigInteger before, BigInteger after) {}

  /**
   * The comparison.
   *
   * @param totals of all requests
   * @param rows by tenant and SKU
   * @param sha256 to be shown by the re-rating that this is the preview of, 64 hex digits
   */
  record Result(Totals totals, List<Row> rows, String sha256) {}

  private record Key(long tenantId, Sku sku) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byTenant = Long.compare(tenantId, other.tenantId);
      return byTenant != 0 ? byTenant : sku.compareTo(other.sku);
    }
  }

  private final PriceBook book;
  private final Repricing repricing;

  Preview(PriceBook book, Repricing repricing) {
    this.book = book;
    this.repricing = repricing;
  }

  /**
   * Rates the requests of a range again.
   *
   * @throws ServiceException as {@link Repricing#version} and {@link Repricing#each}
   */
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  public Result of(Repricing.Range range) {
    RatedVersion rated = repricing.version(range);
    Book old = book.current();
    var totals = new Totals();
    var rows = new TreeMap<Key, Row>();
    repricing.each(
        range,
        rated,
        row -> {
          totals.add(row);
          Rated after = row.after();
          if (after != null) {
            add(rows, row, after, rated, old);
          }
        });
    return new Result(
        totals, new ArrayList<>(rows.values()), totals.sha256(range, rated.version()));
  }

  private static void add(
      Map<Key, Row> rows, Repricing.Row row, Rated after, RatedVersion rated, Book old) {
    Charge charge = row.charge();
    int[] tokens = {charge.hit(), charge.miss(), charge.reasoning(), charge.answer()};
    for (int i = 0; i < CLASSES.length; i++) {
      BigInteger count = BigInteger.valueOf(tokens[i]);
      long unitBefore =
          old.unit(row.version(), charge.modelId(), CLASSES[i], row.window()).orElseThrow();
      long unitAfter = rated.unit(charge.modelId(), CLASSES[i], after.window());
      var part =
          new Row(
              charge.tenantId(),
              CLASSES[i],
              count,
              count.multiply(BigInteger.valueOf(unitBefore)),
              count.multiply(BigInteger.valueOf(unitAfter)));
      rows.merge(new Key(charge.tenantId(), CLASSES[i]), part, Preview::sum);
    }
  }

  private static Row sum(Row a, Row b) {
    return new Row(
        a.tenantId, a.sku, a.tokens.add(b.tokens), a.before.add(b.before), a.after.add(b.after));
  }
}
