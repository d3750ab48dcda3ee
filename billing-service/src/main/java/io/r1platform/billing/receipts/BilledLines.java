package io.r1platform.billing.receipts;

import io.r1platform.billing.receipts.BilledRecords.Place;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Compares an invoice's lines of usage with the records that it should bill. */
@Component
class BilledLines {
  private final BilledRecords records;
  private final JdbcClient jdbc;

  BilledLines(BilledRecords records, JdbcClient jdbc) {
    this.records = records;
    this.jdbc = jdbc;
  }

  /** The first difference, for people; empty: line by line they are the same tokens. */
  Optional<String> difference(long invoice, BilledUsage usage) {
    Map<Place, BigInteger> charged = charged(invoice);
    Map<Place, BigInteger> used = records.tokens(usage);
    return Stream.concat(charged.keySet().stream(), used.keySet().stream())
        .filter(place -> !Objects.equals(charged.get(place), used.get(place)))
        .min(Comparator.comparing(Place::toString))
        .map(
            place ->
                "Its lines charge %s tokens %s of model %d in project %d, its records have %s."
                    .formatted(
                        charged.getOrDefault(place, BigInteger.ZERO),
                        place.sku(),
                        place.model(),
                        place.project(),
                        used.getOrDefault(place, BigInteger.ZERO)));
  }

  /** Of a place that several months have, all; without those that cancel out. */
  private Map<Place, BigInteger> charged(long invoice) {
    var charged = new HashMap<Place, BigInteger>();
    jdbc.sql(
            """
            select project_id, model_id, sku, price_sha256, win, sum(quantity) as quantity
            from billed_line where invoice_id = ? and kind = 'USAGE'
            group by 1, 2, 3, 4, 5 having sum(quantity) <> 0
            """)
        .param(invoice)
        .query(
            row -> {
              charged.put(
                  new Place(
                      row.getLong("project_id"),
                      row.getInt("model_id"),
                      row.getString("sku"),
                      row.getString("price_sha256"),
                      row.getInt("win")),
                  row.getBigDecimal("quantity").toBigIntegerExact());
            });
    return charged;
  }
}
