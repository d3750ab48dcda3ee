package io.r1platform.api.prices;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The gateway chooses version, window and amount as billing does: both answer the same golden file,
 * which was computed by neither. A test of the whole platform compares the two copies.
 */
class PriceVectorsTests {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  @Test
  void gatewayChoosesAsTheGoldenFileSays() throws IOException {
    JsonNode file = golden();
    var prices = new KnownPrices(JSON.treeToValue(file.path("answer"), PriceAnswer.class));
    assertThat(file.path("cases").size()).isGreaterThan(300);
    for (JsonNode vector : file.path("cases")) {
      Optional<Price> price =
          prices.at(
              Long.valueOf(vector.path("tenant_id").asString()),
              vector.path("model_id").asInt(),
              Instant.parse(vector.path("at").asString()));
      assertThat(price.isPresent()).as("%s", vector).isEqualTo(!vector.path("window").isNull());
      if (price.isPresent()) {
        var tokens =
            new Tokens(
                vector.path("hit").asInt(),
                vector.path("miss").asInt(),
                vector.path("reasoning").asInt(),
                vector.path("answer").asInt());
        Price chosen = price.get();
        assertThat(chosen.versionId()).isEqualTo(vector.path("version_id").asString());
        assertThat(chosen.window()).as("%s", vector).isEqualTo(vector.path("window").asInt());
        assertThat(Long.toString(chosen.cost(tokens).value()))
            .isEqualTo(vector.path("amount_pico").asString());
        assertThat(chosen.worst().cost(tokens).value())
            .isGreaterThanOrEqualTo(chosen.cost(tokens).value());
      }
    }
  }

  @Test
  void anAnswerWithoutWindowsOrCalendarsStillPrices() {
    var answer =
        JSON.readValue(
            """
            {"versions": [{"version_id": "1", "name": "list", "currency": "USD",
              "content_sha256": "ab", "valid_from": "2025-01-20T00:00:00Z", "valid_until": null,
              "reference": false, "prices": [
                {"model_id": 2, "sku": "HIT", "window": 0, "unit_pico": "1"},
                {"model_id": 2, "sku": "MISS", "window": 0, "unit_pico": "2"},
                {"model_id": 2, "sku": "REASONING", "window": 0, "unit_pico": "3"},
                {"model_id": 2, "sku": "ANSWER", "window": 0, "unit_pico": "4"},
                {"model_id": 3, "sku": "HIT", "window": 0, "unit_pico": "1"}]}]}
            """,
            PriceAnswer.class);
    var prices = new KnownPrices(answer);
    Instant now = Instant.parse("2026-11-25T00:00:00Z");
    assertThat(prices.at(null, 2, now)).isPresent();
    assertThat(prices.at(null, 3, now)).as("not all four classes").isEmpty();
    assertThat(prices.at(null, 2, Instant.parse("2025-01-19T00:00:00Z"))).isEmpty();
  }

  private static JsonNode golden() throws IOException {
    try (InputStream in = PriceVectorsTests.class.getResourceAsStream("/price-vectors.json")) {
      return JSON.readTree(Objects.requireNonNull(in, "price-vectors.json"));
    }
  }
}
