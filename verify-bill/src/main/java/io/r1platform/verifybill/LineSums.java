package io.r1platform.verifybill;

import io.r1platform.receipts.Hash;
import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.PriceText;
import io.r1platform.receipts.Repriced;
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
  private final Map<Group, long[]> late = new HashMap<>();

  /**
   * Adds a record.
   *
   * @param inTime it was admitted in the bill's month, not before
   */
  void add(UsageRecord r, boolean inTime) {
    var group = new Group(r.projectId(), r.modelId(), r.window(), r.price(), r.isBatch());
    add(tokens, group, r);
    if (!inTime) {
      add(late, group, r);
    }
  }

  private static void add(Map<Group, long[]> to, Group group, UsageRecord r) {
    long[] sums = to.computeIfAbsent(group, g -> new long[KINDS]);
    sums[0] = Math.addExact(sums[0], r.hit());
    sums[1] = Math.addExact(sums[1], r.miss());
    sums[2] = Math.addExact(sums[2], r.reasoning());
    sums[3] = Math.addExact(sums[3], r.answer());
  }

  private static Map<Place, BigInteger> places(Map<Group, long[]> tokens) {
    var places = new HashMap<Place, BigInteger>();
    tokens.forEach(
        (group, sums) -> {
          for (int kind = 0; kind < KINDS; kind++) {
            if (sums[kind] != 0) {
              places.put(
                  new Place(
                      group.projectId,
                      group.modelId,
                      group.window,
                      group.price,
                      PriceText.sku(kind, group.batch)),
                  BigInteger.valueOf(sums[kind]));
            }
          }
        });
    return places;
  }

  /**
   * Compares with the lines of usage. Those of earlier months bill what came late for their own
   * bill: no more than there are late records.
   *
   * @return what those lines amount to
   * @throws NotGenuine if a line has other tokens, another price or another amount, or is missing
   */
  BigInteger compare(
      Invoice invoice, YearMonth month, Repriced repriced, Map<Hash, PriceText> prices) {
    Map<Place, BigInteger> expected = places(tokens);
    Map<Place, BigInteger> ofEarlier = places(late);
    for (Repriced.Move move : repriced.moves()) {
      var place =
          new Place(move.projectId(), move.modelId(), move.window(), move.price(), move.sku());
      BigInteger quantity = BigInteger.valueOf(move.quantity());
      expected.merge(place, quantity, BigInteger::add);
      ofEarlier.merge(place, quantity.max(BigInteger.ZERO), BigInteger::add);
    }
    var numbers = new HashMap<Place, Integer>();
    var charged = new HashMap<Place, BigInteger>();
    BigInteger sum = BigInteger.ZERO;
    for (Invoice.Line line : invoice.lines()) {
      product(line);
      var place =
          new Place(line.projectId(), line.modelId(), line.window(), line.price(), line.sku());
      numbers.putIfAbsent(place, line.number());
      charged.merge(place, line.quantity(), BigInteger::add);
      if (!line.month().equals(month)) {
        BigInteger left = ofEarlier.getOrDefault(place, BigInteger.ZERO).subtract(line.quantity());
        if (left.signum() < 0 || line.month().isAfter(month)) {
          throw new NotGenuine(
              "invoice line %d charges %s tokens of %s, no records of it came late"
                  .formatted(line.number(), line.quantity(), line.month()));
        }
        ofEarlier.put(place, left);
      }
      unit(line, prices.get(line.price()));
      sum = sum.add(line.amountPico());
    }
    charged.forEach(
        (place, quantity) -> {
          BigInteger used = expected.remove(place);
          if (!quantity.equals(used == null ? BigInteger.ZERO : used)) {
            throw new NotGenuine(
                "invoice line %d charges %s tokens %s, the records have %s"
                    .formatted(numbers.get(place), quantity, place, used == null ? "none" : used));
          }
        });
    expected.forEach(
        (place, used) -> {
          if (used.signum() != 0) {
            throw new NotGenuine("no invoice line has the %s tokens %s".formatted(used, place));
          }
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
    if (price == null) {
      throw new NotGenuine("invoice line %d has no price of the bundle".formatted(line.number()));
    }
    long unit = price.unit(line.modelId(), line.window(), line.sku());
    if (unit != line.unitPico()) {
      throw new NotGenuine(
          "invoice line %d has the unit price %d, its price version %d"
              .formatted(line.number(), line.unitPico(), unit));
    }
  }
}
