package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Contracts of model 2 with one price for every kind of token, and requests charged by them. */
final class Contracts {
  private static final List<String> SKUS = List.of("HIT", "MISS", "REASONING", "ANSWER");

  private final BillingFixture billing;

  Contracts(BillingFixture billing) {
    this.billing = billing;
  }

  /**
   * Makes a draft.
   *
   * @param tiers by SKU, as JSON
   */
  String draft(long tenant, Instant from, long unit, Map<String, String> tiers) {
    Answer made =
        post(
            "/internal/v1/prices/drafts",
            """
            {"command_id": "%s", "from_version_id": "1", "valid_from": "%s",
             "card": {"name": "Contract %s", "currency": "USD", "organization_id": "%d"}}
            """
                .formatted(UUID.randomUUID(), from, UUID.randomUUID(), tenant));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    String id = made.json().path("version").path("version_id").asString();
    String prices =
        SKUS.stream()
            .map(
                sku ->
                    """
                    {"model_id": 2, "sku": "%s", "window": 0, "unit_pico": "%d", "tiers": %s}
                    """
                        .formatted(sku, unit, tiers.getOrDefault(sku, "null")))
            .collect(Collectors.joining(","));
    Answer edited =
        post(
            "/internal/v1/prices/drafts/" + id,
            "{\"revision\": 1, \"valid_from\": \"%s\", \"windows\": [], \"prices\": [%s]}"
                .formatted(from, prices));
    assertThat(edited.status()).as(edited.body()).isEqualTo(200);
    return id;
  }

  void publish(String id) {
    Answer published = post("/internal/v1/prices/drafts/" + id + "/publish", "{\"revision\": 2}");
    assertThat(published.status()).as(published.body()).isEqualTo(200);
  }

  /** The record as that version charges it, at one price for every token. */
  UsageRecord by(String versionId, long unit, UsageRecord record) {
    String hash = billing.get("/internal/v1/prices/versions/" + versionId).text("content_sha256");
    var bytes = ByteBuffer.wrap(record.bytes());
    bytes.position(96).put(HexFormat.of().parseHex(hash));
    long tokens = (long) record.hit() + record.miss() + record.reasoning() + record.answer();
    bytes.putLong(128, tokens * unit);
    return UsageRecord.read(bytes.rewind());
  }

  Answer post(String path, String json) {
    return billing.postJson(path, BillingFixture.GATEWAY, json);
  }
}
