package io.r1platform.billing.usage;

/** Why a record is not posted but kept for a person to decide. */
enum HeldReason {
  /** The id is taken by a record with other content. */
  CONFLICT,
  /** The amount is not what the frozen prices give, or they did not hold at admission. */
  PRICE_MISMATCH,
  /** Nobody published the price version, or it has no price for the model. */
  UNKNOWN_PRICE,
  /** More than 35 days old. */
  LATE,
  /** More than 5 minutes ahead of our clock. */
  FUTURE,
  /** Its number in the stream was given up before it came. */
  GIVEN_UP,
  /** The fields contradict each other or the format. */
  MALFORMED
}
