package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import java.util.Locale;

/**
 * When a schedule writes the period that runs. Each period is written once more after its close.
 */
enum Rhythm {
  /** As of each hour. */
  HOURLY(Period.HOUR),
  /** As of each midnight of UTC. */
  DAILY(Period.DAY),
  /** Not before its month is closed. */
  AFTER_CLOSE(Period.HOUR);

  private final Period tick;

  Rhythm(Period tick) {
    this.tick = tick;
  }

  /** What lies between two writings of the period that runs. */
  Period tick() {
    return tick;
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The rhythm of this name.
   *
   * @throws ServiceException {@code invalid_request}
   */
  static Rhythm named(String name) {
    return switch (name) {
      case "hourly" -> HOURLY;
      case "daily" -> DAILY;
      case "after_close" -> AFTER_CLOSE;
      default -> throw ServiceException.invalidRequest("'rhythm' is hourly, daily or after_close.");
    };
  }
}
