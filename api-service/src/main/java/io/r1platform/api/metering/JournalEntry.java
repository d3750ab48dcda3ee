package io.r1platform.api.metering;

import java.util.concurrent.CompletableFuture;

/** A record on its way to the disk. The future completes when it is durable. */
record JournalEntry(UsageRecord record, CompletableFuture<Void> durable) {

  static JournalEntry of(UsageRecord record) {
    return new JournalEntry(record, new CompletableFuture<>());
  }

  boolean isFinal() {
    return record.finish() != Finish.ADMIT;
  }
}
