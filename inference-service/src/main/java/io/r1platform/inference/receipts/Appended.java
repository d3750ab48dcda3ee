package io.r1platform.inference.receipts;

import java.util.Set;
import java.util.UUID;

/** What became of receipts that were to be added. */
sealed interface Appended {
  /** All are durable. */
  record Written() implements Appended {}

  /** A successor has ended this instance; it may write nothing more. */
  record Fenced() implements Appended {}

  /** Nothing was written, for these have receipts already, under other numbers. */
  record Taken(Set<Key> keys) implements Appended {}

  /** What a receipt is for. */
  record Key(UUID eventId, int attempt) {
    static Key of(Receipt receipt) {
      return new Key(receipt.eventId(), receipt.attempt());
    }
  }
}
