package io.r1platform.billing.reports;

import io.r1platform.billing.errors.ServiceException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * A stretch of whole UTC hours or days.
 *
 * @param from the first moment, Unix seconds
 * @param to the first that is not in it
 */
record Buckets(long from, long to, Width width) {
  private static final int MOST = 200;

  /** How long each is. */
  enum Width {
    HOUR(Duration.ofHours(1)),
    DAY(Duration.ofDays(1));

    private final Duration length;

    Width(Duration length) {
      this.length = length;
    }

    long seconds() {
      return length.toSeconds();
    }

    String interval() {
      return "1 " + name().toLowerCase(Locale.ROOT);
    }
  }

  Buckets {
    long seconds = width.seconds();
    if (from % seconds != 0 || to % seconds != 0 || from >= to || (to - from) / seconds > MOST) {
      throw ServiceException.invalidRequest(
          "'from' and 'to' are Unix seconds of whole buckets, %d at most.".formatted(MOST));
    }
  }

  OffsetDateTime start() {
    return Instant.ofEpochSecond(from).atOffset(ZoneOffset.UTC);
  }

  OffsetDateTime end() {
    return Instant.ofEpochSecond(to).atOffset(ZoneOffset.UTC);
  }
}
