package io.r1platform.billing.errors;

import java.util.Locale;

/** Every failure this service answers with; the lower-case name is the problem's {@code code}. */
public enum ErrorCode {
  UNAUTHENTICATED(401, Kind.CALLER),
  WEBHOOK_REFUSED(403, Kind.CALLER),
  NOT_FOUND(404, Kind.CALLER),
  INVALID_REQUEST(400, Kind.CALLER),
  BAD_BATCH(400, Kind.CALLER),
  GAP(409, Kind.CALLER),
  BUDGET_EXHAUSTED(402, Kind.CALLER),
  COMMAND_CONFLICT(409, Kind.CALLER),
  STALE_REVISION(409, Kind.CALLER),
  EPOCH_CLOSED(410, Kind.CALLER),
  PRICES_REFUSED(422, Kind.CALLER),
  ALREADY_DECIDED(409, Kind.CALLER),
  INVOICE_BLOCKED(409, Kind.CALLER),
  BUNDLE_MISSING(409, Kind.CALLER),
  RECEIPT_HELD(409, Kind.CALLER),
  NOT_CONFIRMABLE(422, Kind.CALLER),
  NO_SUCH_GAP(409, Kind.CALLER),
  UNKNOWN_DATASET(404, Kind.CALLER),
  TOO_MANY_EXPORTS(503, Kind.CAPACITY),
  TOO_MANY_QUESTIONS(503, Kind.CAPACITY),
  TOO_MANY_QUESTIONS_OF_ONE(429, Kind.CAPACITY),
  DATABASE_UNAVAILABLE(503, Kind.CAPACITY),
  INTERNAL(500, Kind.INTERNAL);

  /** Who has to act. */
  public enum Kind {
    /** The caller sent what cannot be taken. */
    CALLER,
    /** Try again later. */
    CAPACITY,
    /** Our fault: page somebody. */
    INTERNAL
  }

  private final int httpStatus;
  private final Kind kind;

  ErrorCode(int httpStatus, Kind kind) {
    this.httpStatus = httpStatus;
    this.kind = kind;
  }

  /** The HTTP status of the answer. */
  public int httpStatus() {
    return httpStatus;
  }

  /** Who has to act. */
  public Kind kind() {
    return kind;
  }

  /** The code as callers see it. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
