package io.r1platform.billing.usage;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.Instant;
import java.util.UUID;

/** Receipts as an engine ships them: one instance, its sequence counted here. */
final class Receipts {
  private final BillingFixture billing;
  private final UUID instance = UUID.randomUUID();
  private final String replica;
  private long nextSeq = 1;

  Receipts(BillingFixture billing, long replica, int epoch) {
    this.billing = billing;
    this.replica = replica + "." + epoch;
  }

  /** Ships what the engine says of this record's request, the same in every class. */
  Answer ship(UsageRecord r) {
    return shipAt(
        r.finishedAt(),
        r.eventId(),
        1,
        r.hit(),
        r.miss(),
        r.reasoning(),
        r.reasoning() + r.answer());
  }

  /** Ships what the engine generated for one attempt: at most 40 tokens of reasoning, no hits. */
  Answer ship(UUID event, int attempt, int input, int output) {
    return shipAt(Instant.now(), event, attempt, input, output);
  }

  /** The same, begun and ended then. */
  Answer shipAt(Instant at, UUID event, int attempt, int input, int output) {
    return shipAt(at, event, attempt, 0, input, Math.min(output, 40), output);
  }

  /** The same, by class. */
  Answer shipAt(Instant at, UUID event, int attempt, int hit, int miss, int reasoning, int output) {
    String now = at.toString();
    return billing.postJson(
        "/internal/v1/engine-batches",
        BillingFixture.ENGINE,
        """
        {"instance_id":"%s","first_seq":"%d","receipts":[{"event_id":"%s","attempt":%d,
         "model_id":2,"replica":"%s","tok_hit":%d,"tok_miss":%d,"tok_reason":%d,"tok_out":%d,
         "finish":"stop","output_sha256":"%s","started_at":"%s","ended_at":"%s"}]}
        """
            .formatted(
                instance,
                nextSeq++,
                event,
                attempt,
                replica,
                hit,
                miss,
                reasoning,
                output,
                "ab".repeat(32),
                now,
                now));
  }

  Answer end() {
    return endOfOneThatBegan(Instant.EPOCH);
  }

  Answer endOfOneThatBegan(Instant startedAt) {
    return billing.postJson(
        "/internal/v1/engine-instances/" + instance + "/end",
        BillingFixture.ENGINE,
        "{\"last_seq\":\"%d\",\"started_at\":\"%s\"}".formatted(nextSeq - 1, startedAt));
  }
}
