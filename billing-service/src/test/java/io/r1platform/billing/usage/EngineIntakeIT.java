package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Receipts of engines; each test has its own instance. */
class EngineIntakeIT {
  private static BillingFixture billing;
  private static Samples samples;

  private final UUID instance = UUID.randomUUID();

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    samples = new Samples(new Random(5), billing.priceSha256(), billing.clock().instant());
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void resentReceiptsAreSkippedAndAGapIsNamed() {
    UUID a = id();
    UUID b = id();
    assertThat(post(1, receipt(a, 5)).text("next_seq")).isEqualTo("2");
    assertThat(post(1, receipt(a, 5), receipt(b, 6)).text("next_seq")).isEqualTo("3");
    Answer gap = post(5, receipt(id(), 1));
    assertThat(gap.status()).isEqualTo(409);
    assertThat(gap.text("expected_seq")).isEqualTo("3");
    assertThat(stored()).isEqualTo(2);
  }

  @Test
  void sameAttemptWithOtherCountsIsHeld() {
    UUID event = id();
    post(1, receipt(event, 5));
    assertThat(post(2, receipt(event, 6)).text("next_seq")).isEqualTo("3");
    assertThat(held()).containsExactly("CONFLICT");
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void badReceiptDoesNotFailBatch() {
    UUID good = id();
    Answer answer =
        post(
            1,
            "{\"event_id\":\"nobody\"}",
            receipt(UUID.randomUUID(), 5),
            receipt(id(), 5).replace("\"stop\"", "\"st\\u0000op\""),
            receipt(id(), 5).replace("\"tok_out\":5", "\"tok_out\":-5"),
            receipt(samples.id(Instant.parse("2999-01-01T00:00:00Z")), 5),
            receipt(good, 5));
    assertThat(answer.text("next_seq")).as(answer.body()).isEqualTo("7");
    assertThat(held()).hasSize(5).containsOnly("MALFORMED");
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void endedInstanceTakesNothingMore() {
    post(1, receipt(id(), 5));
    assertThat(end("2").status()).isEqualTo(409);
    assertThat(end("1").status()).isEqualTo(204);
    assertThat(end("1").status()).isEqualTo(204);
    assertThat(post(2, receipt(id(), 5)).status()).isEqualTo(410);
  }

  @Test
  void instanceWithoutReceiptsCanEnd() {
    assertThat(end("0").status()).isEqualTo(204);
  }

  @Test
  void whatIsNoBatchIsRefusedWhole() {
    for (String json : List.of("", "[]", "{", "{\"instance_id\":7}", "{\"instance_id\":null}")) {
      assertThat(send(json).text("code")).isEqualTo("bad_batch");
    }
  }

  private Answer post(long firstSeq, String... receipts) {
    return send(
        "{\"instance_id\":\"%s\",\"first_seq\":\"%d\",\"receipts\":[%s]}"
            .formatted(instance, firstSeq, String.join(",", receipts)));
  }

  private static Answer send(String json) {
    return billing.postJson("/internal/v1/engine-batches", BillingFixture.ENGINE, json);
  }

  private Answer end(String lastSeq) {
    return billing.postJson(
        "/internal/v1/engine-instances/" + instance + "/end",
        BillingFixture.ENGINE,
        "{\"last_seq\":\"" + lastSeq + "\",\"started_at\":\"2026-11-01T00:00:00Z\"}");
  }

  private static UUID id() {
    return samples.id(billing.clock().instant());
  }

  private static String receipt(UUID event, int output) {
    Instant at = billing.clock().instant();
    return """
    {"event_id":"%s","attempt":1,"model_id":2,"replica":"1.3","tok_hit":0,"tok_miss":12,
     "tok_reason":%d,"tok_out":%d,"finish":"stop","output_sha256":null,
     "started_at":"%s","ended_at":"%s"}"""
        .formatted(event, Math.min(1, output), output, at, at)
        .replace("\n ", "");
  }

  private long stored() {
    return billing
        .sum("1", "engine_usage where instance_id = '%s'".formatted(instance))
        .longValueExact();
  }

  private List<String> held() {
    return billing
        .sql()
        .sql("select reason from engine_held where instance_id = ? order by ship_seq")
        .param(instance)
        .query(String.class)
        .list();
  }
}
