package io.r1platform.billing.errors;

import java.util.List;
import java.util.Map;

/** A failure with a code; it becomes an RFC 9457 problem. Made by the factories here only. */
public final class ServiceException extends RuntimeException {
  private final ErrorCode code;
  private final transient Map<String, String> details;

  private ServiceException(ErrorCode code, String message, Map<String, String> details) {
    super(message);
    this.code = code;
    this.details = details;
  }

  /** The batch leaves out sequence numbers; send from {@code expectedSeq} on. */
  public static ServiceException gap(long expectedSeq, long sentSeq) {
    return new ServiceException(
        ErrorCode.GAP,
        "Nothing was taken: expected sequence %d, got %d. Send again from there."
            .formatted(expectedSeq, sentSeq),
        Map.of("expected_seq", Long.toString(expectedSeq)));
  }

  /** The bytes are not a batch; nothing was taken. */
  public static ServiceException badBatch(String why) {
    return new ServiceException(ErrorCode.BAD_BATCH, "Nothing was taken: " + why, Map.of());
  }

  /** The stream ended before this batch does. */
  public static ServiceException epochClosed(long lastSeq) {
    return new ServiceException(
        ErrorCode.EPOCH_CLOSED,
        "Nothing was taken: the stream was closed at sequence %d.".formatted(lastSeq),
        Map.of("last_seq", Long.toString(lastSeq)));
  }

  /** The epoch that asks for a lease is over: the gateway is fenced. */
  public static ServiceException leaseEpochClosed() {
    return new ServiceException(
        ErrorCode.EPOCH_CLOSED, "Nothing was taken: this epoch is closed.", Map.of());
  }

  /** A command id that was used for another command; nothing was done. */
  public static ServiceException commandConflict(String commandId) {
    return new ServiceException(
        ErrorCode.COMMAND_CONFLICT,
        "Nothing was changed: command %s was another one. Use a new id.".formatted(commandId),
        Map.of());
  }

  /** A webhook that its sender does not vouch for; nothing was read of it. */
  public static ServiceException webhookRefused(String why) {
    return new ServiceException(
        ErrorCode.WEBHOOK_REFUSED, "Nothing was taken: " + why + ".", Map.of());
  }

  /** Somebody decided otherwise before; a decision is never changed. */
  public static ServiceException alreadyDecided(String what, String by) {
    return new ServiceException(
        ErrorCode.ALREADY_DECIDED,
        "Nothing was changed: it was %s by %s before.".formatted(what, by),
        Map.of());
  }

  /** What keeps an invoice from being finalized; each is resolved, or waived by a person. */
  public static ServiceException invoiceBlocked(List<String> blockers) {
    return new ServiceException(
        ErrorCode.INVOICE_BLOCKED,
        "Nothing was finalized. " + String.join(" ", blockers),
        Map.of("blockers", String.join("\n", blockers)));
  }

  /** What an invoice's bundle lacks; {@code reason} is one of docs/receipts.md. */
  public static ServiceException bundleMissing(String reason, String what) {
    return new ServiceException(ErrorCode.BUNDLE_MISSING, what, Map.of("reason", reason));
  }

  /** A receipt whose record is not charged; {@code state} is HELD or REJECTED. */
  public static ServiceException receiptHeld(String state, String what) {
    return new ServiceException(ErrorCode.RECEIPT_HELD, what, Map.of("state", state));
  }

  /** A held record that must not be charged; it can be rejected. */
  public static ServiceException notConfirmable(String why) {
    return new ServiceException(ErrorCode.NOT_CONFIRMABLE, "Nothing was charged: " + why, Map.of());
  }

  /** The sequence numbers are not exactly what a stream is missing. */
  public static ServiceException noSuchGap(String why) {
    return new ServiceException(ErrorCode.NO_SUCH_GAP, "Nothing was changed: " + why, Map.of());
  }

  /** Files with records that the database has no more would be replaced by ones without. */
  public static ServiceException recordsLeft() {
    return new ServiceException(
        ErrorCode.ALREADY_DECIDED,
        "Nothing was changed: records of these days have left the database, and files in the target"
            + " may still have them. Order a download of what is left.",
        Map.of());
  }

  /** A parameter that cannot be understood. */
  public static ServiceException invalidRequest(String why) {
    return new ServiceException(ErrorCode.INVALID_REQUEST, why, Map.of());
  }

  /** No such thing. */
  public static ServiceException notFound(String what) {
    return new ServiceException(ErrorCode.NOT_FOUND, what + " was not found.", Map.of());
  }

  /** No such dataset; the answer names those that exist. */
  public static ServiceException unknownDataset(String dataset, String known) {
    return new ServiceException(
        ErrorCode.UNKNOWN_DATASET,
        "There is no dataset '%s'. Known: %s.".formatted(dataset, known),
        Map.of("datasets", known));
  }

  /** The price book does not take this; nothing was changed. */
  public static ServiceException pricesRefused(String why) {
    return new ServiceException(ErrorCode.PRICES_REFUSED, why, Map.of());
  }

  /** Somebody edited it since; nothing was changed. */
  public static ServiceException staleRevision(int revision) {
    return new ServiceException(
        ErrorCode.STALE_REVISION,
        "It was edited since: it is at revision %d. Read it again.".formatted(revision),
        Map.of("revision", Integer.toString(revision)));
  }

  /** All export slots are taken. */
  public static ServiceException tooManyExports(int limit) {
    return new ServiceException(
        ErrorCode.TOO_MANY_EXPORTS,
        "%d exports are running; try again when one has ended.".formatted(limit),
        Map.of());
  }

  /** Tenants ask more than is answered at once. */
  public static ServiceException tooManyQuestions() {
    return new ServiceException(
        ErrorCode.TOO_MANY_QUESTIONS, "Too many questions are asked; try again.", Map.of());
  }

  /** One organization asks more than its share of what is answered at once. */
  public static ServiceException tooManyQuestionsOfOne(int limit) {
    return new ServiceException(
        ErrorCode.TOO_MANY_QUESTIONS_OF_ONE,
        "The organization has %d questions running; try again.".formatted(limit),
        Map.of());
  }

  /** What kind of failure this is. */
  public ErrorCode code() {
    return code;
  }

  /** Further members of the problem. */
  public Map<String, String> details() {
    return details;
  }
}
