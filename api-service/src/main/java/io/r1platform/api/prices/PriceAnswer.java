package io.r1platform.api.prices;

import io.r1platform.api.money.Pico;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Billing's answer about prices, as it is on the wire. Unknown members are ignored. */
record PriceAnswer(List<Version> versions) {

  record Version(
      String version_id,
      String name,
      String currency,
      String content_sha256,
      Instant valid_from,
      @Nullable Instant valid_until,
      boolean reference,
      List<Row> prices) {

    boolean holdsAt(Instant time) {
      return !reference
          && !time.isBefore(valid_from)
          && (valid_until == null || time.isBefore(valid_until));
    }
  }

  record Row(int model_id, String sku, int window, String unit_pico) {}

  /** The price of a model at a time, if exactly the four classes are priced. */
  Optional<Price> priceAt(int modelId, Instant time) {
    return versions.stream()
        .filter(version -> version.holdsAt(time))
        .flatMap(version -> price(version, modelId).stream())
        .findFirst();
  }

  private static Optional<Price> price(Version version, int modelId) {
    Map<String, Pico> bySku = new HashMap<>();
    for (Row row : version.prices) {
      if (row.model_id == modelId && row.window == 0) {
        bySku.put(row.sku, new Pico(Long.parseLong(row.unit_pico)));
      }
    }
    Pico hit = bySku.get("HIT");
    Pico miss = bySku.get("MISS");
    Pico reasoning = bySku.get("REASONING");
    Pico answer = bySku.get("ANSWER");
    if (hit == null || miss == null || reasoning == null || answer == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Price(
            version.version_id,
            version.content_sha256,
            version.currency,
            new UnitPrices(hit, miss, reasoning, answer)));
  }
}
