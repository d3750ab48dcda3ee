package io.r1platform.api.metering;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Tokens;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * A request that may run: who pays, for which model, at which price.
 *
 * @param eventId UUIDv7 of the request
 * @param caller who pays
 * @param modelId the model
 * @param price frozen now
 * @param outputCap most output tokens that are charged, of all choices together
 * @param stream whether the client asked for a stream
 * @param admittedAt now
 * @param salt for its records
 * @param reservation what is held for it
 * @param labels what the caller calls it, kept beside its records
 */
public record Admission(
    UUID eventId,
    Caller caller,
    int modelId,
    Price price,
    int outputCap,
    boolean stream,
    Instant admittedAt,
    Salt salt,
    Reservation reservation,
    Labels labels) {

  /** An admission with a fresh salt. */
  public static Admission of(
      UUID eventId,
      Caller caller,
      int modelId,
      Price price,
      int outputCap,
      boolean stream,
      Instant admittedAt) {
    return new Admission(
        eventId,
        caller,
        modelId,
        price,
        outputCap,
        stream,
        admittedAt,
        Salt.random(),
        Reservation.NONE,
        Labels.NONE);
  }

  /** The same with what is held for it, without which the journal does not admit it. */
  public Admission holding(Reservation held) {
    return new Admission(
        eventId, caller, modelId, price, outputCap, stream, admittedAt, salt, held, labels);
  }

  /** The same with what the caller calls it. */
  public Admission labelled(Labels given) {
    return new Admission(
        eventId, caller, modelId, price, outputCap, stream, admittedAt, salt, reservation, given);
  }

  /** The journal's ADMIT. */
  UsageRecord admit() {
    return record(
        new Outcome(Finish.ADMIT, Tokens.NONE, false, 0, UsageRecord.NO_HASH, Instant.EPOCH),
        new Charge(Tokens.NONE, 0, 0, Waiver.NONE, Pico.ZERO));
  }

  /** What {@code outcome} costs by the published rule. */
  public Charge charge(Outcome outcome) {
    return Charge.of(outcome.generated(), outputCap, price);
  }

  /** What the client keeps of the journal's FINAL: {@code v1.} and its bytes in base64url. */
  public String receipt(Outcome outcome) {
    return UsageRecordCodec.receipt(settle(outcome));
  }

  /** The journal's FINAL. */
  UsageRecord settle(Outcome outcome) {
    return record(outcome, charge(outcome));
  }

  private UsageRecord record(Outcome outcome, Charge charge) {
    return new UsageRecord(
        outcome.finish(),
        stream,
        false,
        outcome.gatewaysCount(),
        price.batch(),
        outcome.origin(),
        charge.waiver(),
        modelId,
        eventId,
        caller.organizationId(),
        caller.projectId(),
        caller.keyId(),
        micros(admittedAt),
        micros(outcome.finishedAt()),
        charge.charged(),
        charge.waivedInput(),
        charge.waivedOutput(),
        outcome.ttftMillis(),
        price.window(),
        price.contentSha256(),
        charge.amount(),
        salt,
        outcome.outputSha256());
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
