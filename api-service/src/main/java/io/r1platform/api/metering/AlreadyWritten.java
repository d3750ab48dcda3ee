package io.r1platform.api.metering;

/** The journal has this record of this event already, and a first record is never replaced. */
final class AlreadyWritten extends RuntimeException {
  AlreadyWritten(UsageRecord record) {
    super(record.finish() + " of " + record.eventId() + " is in the journal already");
  }
}
