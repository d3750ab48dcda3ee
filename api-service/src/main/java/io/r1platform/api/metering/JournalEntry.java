package io.r1platform.api.metering;

import java.util.concurrent.CompletableFuture;

/** A record on its way to the disk. The future completes when it is durable. */
record JournalEntry(
    UsageRecord record, Reservation reservation, Labels labels, CompletableFuture<Void> durable) {

  static JournalEntry of(UsageRecord record, Reservation reservation, Labels labels) {
    return new JournalEntry(record, reservation, labels, new CompletableFuture<>());
  }

  boolean isFinal() {
    return record.finish() != Finish.ADMIT;
  }
}
