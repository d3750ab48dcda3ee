package io.r1platform.billing.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PricesIT {
  private static final String R1_TEXT =
      """
      r1-prices-1
      card DeepSeek-R1 list
      currency USD
      reference f
      valid_from 2025-01-20T00:00:00Z
      1 deepseek-r1 ANSWER 0 2190000
      1 deepseek-r1 HIT 0 140000
      1 deepseek-r1 MISS 0 550000
      1 deepseek-r1 REASONING 0 2190000
      2 r1-nano ANSWER 0 2190000
      2 r1-nano HIT 0 140000
      2 r1-nano MISS 0 550000
      2 r1-nano REASONING 0 2190000
      """;

  @Test
  void bookHasBothListsAndItsTagHolds() throws NoSuchAlgorithmException {
    try (var billing = new BillingFixture()) {
      var answer = billing.get("/internal/v1/prices");
      JsonNode versions = answer.json().path("versions");
      assertThat(versions.size()).isEqualTo(2);
      JsonNode r1 = versions.get(0);
      JsonNode o1 = versions.get(1);
      assertThat(r1.path("version_id").asString()).isEqualTo("1");
      assertThat(r1.path("reference").asBoolean()).isFalse();
      assertThat(r1.path("valid_from").asString()).isEqualTo("2025-01-20T00:00:00Z");
      assertThat(r1.path("valid_until").isNull()).isTrue();
      assertThat(r1.path("prices").size()).isEqualTo(8);
      assertThat(r1.path("prices").get(4).toString())
          .isEqualTo(
              "{\"model_id\":2,\"model\":\"r1-nano\",\"sku\":\"HIT\",\"window\":0,"
                  + "\"unit_pico\":\"140000\"}");
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(R1_TEXT.getBytes(StandardCharsets.UTF_8));
      assertThat(r1.path("content_sha256").asString()).isEqualTo(HexFormat.of().formatHex(hash));
      assertThat(o1.path("reference").asBoolean()).isTrue();
      var units = new TreeMap<String, String>();
      o1.path("prices")
          .forEach(p -> units.put(p.path("sku").asString(), p.path("unit_pico").asString()));
      assertThat(units)
          .containsEntry("HIT", "7500000")
          .containsEntry("MISS", "15000000")
          .containsEntry("REASONING", "60000000")
          .containsEntry("ANSWER", "60000000");

      String tag = answer.header("etag");
      var again =
          billing
              .request("/internal/v1/prices", BillingFixture.GATEWAY)
              .header("If-None-Match", tag);
      assertThat(billing.send(again.GET()).status()).isEqualTo(304);
    }
  }
}
