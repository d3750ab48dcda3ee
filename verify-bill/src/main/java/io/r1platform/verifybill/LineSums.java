package io.r1platform.verifybill;

import io.r1platform.receipts.Hash;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.PriceText;
import io.r1platform.receipts.UsageRecord;
import java.math.BigInteger;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The month's records, summed as an invoice's lines are. */
final class LineSums {
  private static final int KINDS = 4;

  private record Group(long projectId, int modelId, int window, Hash price, boolean batch) {}

  private record Place(long projectId, int modelId, int window, Hash price, String sku) {
    @Override
    public String toString() {
      return "%s of model %d in project %d, window %d, price version %s"
          .formatted(sku, modelId, projectId, window, price);
    }
  }

  private final Map<Group, long[]> tokens = new HashMap<>();

  /** Adds a record. */
  void add(UsageRecord r) {
    var group = new Group(r.projectId(), r.modelId(), r.window(), r.price(), r.isBatch());
    long[] sums = tokens.computeIfAbsent(group, g -> new long[KINDS]);
    sums[0] = Math.addExact(sums[0], r.hit());
    sums[1] = Math.addExact(sums[1], r.miss());
    sums[2] = Math.addExact(sums[2], r.reasoning());
    sums[3] = Math.addExact(sums[3], r.answer());
  }

  /**
   * Compares with the lines of the month.
   *
   * @return what those lines amount to
   * @throws NotGenuine if a line has other tokens, another price or another amount, or is missing
   */
  BigInteger compare(Invoice invoice, YearMonth month, Map<Hash, PriceText> prices) {
    var expected = new HashMap<Place, Long>();
    tokens.forEach(
        (group, sums) -> {
          for (int kind = 0; kind < KINDS; kind++) {
            if (sums[kind] != 0) {
              expected.put(
                  new Place(
                      group.projectId,
                      group.modelId,
                      group.window,
                      group.price,
                      PriceText.sku(kind, group.batch)),
                  sums[kind]);
            }
          }
        });
    BigInteger sum = BigInteger.ZERO;
    for (Invoice.Line line : invoice.lines()) {
      product(line);
      if (line.month().equals(month)) {
        var place =
            new Place(line.projectId(), line.modelId(), line.window(), line.price(), line.sku());
        Long used = expected.remove(place);
        if (used == null || !line.quantity().equals(BigInteger.valueOf(used))) {
          throw new NotGenuine(
              "invoice line %d charges %s tokens %s, the records have %s"
                  .formatted(line.number(), line.quantity(), place, used == null ? "none" : used));
        }
        unit(line, prices.get(line.price()));
        sum = sum.add(line.amountPico());
      }
    }
    expected.forEach(
        (place, used) -> {
          throw new NotGenuine("no invoice line has the %d tokens %s".formatted(used, place));
        });
    return sum;
  }

  private static void product(Invoice.Line line) {
    if (!line.quantity().multiply(BigInteger.valueOf(line.unitPico())).equals(line.amountPico())) {
      throw new NotGenuine(
          "invoice line %d: %s tokens at %d pico are not %s"
              .formatted(line.number(), line.quantity(), line.unitPico(), line.amountPico()));
    }
  }

  private static void unit(Invoice.Line line, @Nullable PriceText price) {
    boolean batch = line.sku().endsWith("_BATCH");
    for (int kind = 0; kind < KINDS && price != null; kind++) {
      if (PriceText.sku(kind, batch).equals(line.sku())) {
        long unit = price.unit(line.modelId(), line.window(), kind, batch);
        if (unit != line.unitPico()) {
          throw new NotGenuine(
              "invoice line %d has the unit price %d, its price version %d"
                  .formatted(line.number(), line.unitPico(), unit));
        }
        return;
      }
    }
    throw new NotGenuine("invoice line %d has no price of the bundle".formatted(line.number()));
  }
}
