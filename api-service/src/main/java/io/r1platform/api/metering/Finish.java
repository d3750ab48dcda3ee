package io.r1platform.api.metering;

import java.util.Locale;

/** How a request ended; with its number on the wire. */
public enum Finish {
  /** Not ended: the mark of an ADMIT. */
  ADMIT(0),
  /** The model ended its answer. */
  STOP(1),
  /** The token cap was reached. */
  LENGTH(2),
  /** The client hung up. */
  CLIENT_DISCONNECT(3),
  /** The engine failed. */
  ENGINE_ERROR(4),
  /** A time limit passed. */
  DEADLINE(5),
  /** The gateway died; nobody knows, nobody pays. */
  LOST(6),
  /** The engine refused it before a token. */
  REFUSED(7),
  /** Stopped by a cancel call. */
  CANCELLED(8);

  private final int number;

  Finish(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /** The name in reports, for instance {@code client_disconnect}. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Finish ofWire(int number) {
    for (Finish finish : values()) {
      if (finish.number == number) {
        return finish;
      }
    }
    throw new IllegalArgumentException("no such finish: " + number);
  }
}
