package io.r1platform.api.metering;

/** Why generated or prompt tokens are not charged, with its number on the wire. */
enum Waiver {
  NONE(0),
  RETRY(1),
  NO_OUTPUT(2),
  LATE_STOP(3),
  OVERRUN(4),
  LOST(5);

  private final int number;

  Waiver(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static Waiver ofWire(int number) {
    for (Waiver waiver : values()) {
      if (waiver.number == number) {
        return waiver;
      }
    }
    throw new IllegalArgumentException("no such waiver: " + number);
  }
}
