package io.r1platform.inference.receipts;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;

/** What a UUIDv7 says of its time. */
final class EventIds {
  private static final int VERSION = 7;
  private static final int MILLIS_SHIFT = 16;

  private EventIds() {}

  static boolean isTimeOrdered(UUID id) {
    return id.version() == VERSION;
  }

  /** The UTC day of the id; it chooses the partition. */
  static LocalDate bucket(UUID id) {
    return Instant.ofEpochMilli(id.getMostSignificantBits() >>> MILLIS_SHIFT)
        .atOffset(ZoneOffset.UTC)
        .toLocalDate();
  }
}
