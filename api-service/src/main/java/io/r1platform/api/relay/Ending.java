package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Charge;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** What the client hears last, in the shape that its request and what has left already allow. */
final class Ending {
  private static final String PENDING =
      "Its charge is still pending: it is charged once at most, as soon as the journal can be"
          + " written.";

  private static final String PENDING_CHARGE = "pending";

  private final ClientSide client;
  private final Answer answers;
  private final Clock clock;
  private final Admission admission;
  private final @Nullable Duration timeout;
  private final boolean includeUsage;
  private @Nullable String receipt;

  Ending(ClientSide client, Relay relay, Admission admission, Run.Wanted wanted) {
    this.client = client;
    this.answers = relay.answers();
    this.clock = relay.clock();
    this.admission = admission;
    this.timeout = wanted.call().timeout();
    this.includeUsage = wanted.includeUsage();
  }

  /** Of the FINAL that is being written; the client has it when that is durable. */
  void receipt(String text) {
    receipt = text;
  }

  /**
   * Lets the client keep what it will hear, before the charge for it is durable. Null if there is
   * nothing to wait for. Never fails but by its future: it is charged all the same.
   */
  @Nullable CompletableFuture<Void> keep(
      @Nullable EngineReport report, Charge charge, @Nullable ServiceException failure) {
    try {
      return kept(report, charge, failure);
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private @Nullable CompletableFuture<Void> kept(
      @Nullable EngineReport report, Charge charge, @Nullable ServiceException failure) {
    if (!client.keeps() || admission.stream() || charge.charged().output() == 0) {
      return null;
    }
    if (failure == null) {
      return report == null
          ? null
          : client.keep(HttpStatus.OK.value(), answers.body(report, charge, admission));
    }
    ServiceException told = failure.charged(charge.amount().decimal());
    return client.keep(
        told.code().httpStatus(), answers.errorBody(told, report, charge, admission));
  }

  /** All went well and the charge is durable. */
  void answered(EngineReport report, Charge charge) {
    if (admission.stream()) {
      client.end(
          answers.endOfStream(receipt, report, charge, admission, includeUsage), charged(charge));
    } else {
      client.header("x-r1-cost", charge.amount().decimal());
      if (receipt != null) {
        client.header("x-usage-receipt", receipt);
      }
      client.end(answers.body(report, charge, admission), charged(charge));
    }
  }

  /** It failed, and {@code charge} is what that cost. */
  void failed(@Nullable EngineReport report, Charge charge, ServiceException failure) {
    ServiceException told = ranOutOfTheirTime(failure, charge) ? inTheirTime(failure) : failure;
    String kept = charge.amount().value() == 0 ? null : receipt;
    tell(report, charge, told.charged(charge.amount().decimal()), charged(charge), kept);
  }

  /** A repeat would be given as little time. */
  private boolean ranOutOfTheirTime(ServiceException failure, Charge charge) {
    boolean late =
        failure.code() == ErrorCode.QUEUE_TIMEOUT || failure.code() == ErrorCode.DEADLINE_EXCEEDED;
    return late
        && timeout != null
        && charge.amount().value() == 0
        && !clock.instant().isBefore(admission.admittedAt().plus(timeout));
  }

  private static ServiceException inTheirTime(ServiceException failure) {
    return ServiceException.once(
        failure.code(),
        Timeout.HEADER,
        "No token was generated within your x-r1-timeout. Nothing was charged. Send it with a"
            + " longer one.");
  }

  /**
   * It has ended, but its charge is not durable yet. What will be charged is shown all the same.
   *
   * @param failure why it did not end well, null if the answer is complete
   */
  void pending(@Nullable EngineReport report, Charge charge, @Nullable ServiceException failure) {
    if (failure == null && charge.amount().value() == 0) {
      tell(report, charge, ServiceException.meteringUnavailable(), charged(charge), null);
      return;
    }
    ServiceException pending =
        failure == null
            ? ServiceException.of(
                ErrorCode.METERING_UNAVAILABLE, "The answer is complete. " + PENDING)
            : failure.adding(PENDING);
    String charged = charged(charge) == null ? null : PENDING_CHARGE;
    tell(report, charge, pending.charged(PENDING_CHARGE), charged, null);
  }

  private void tell(
      @Nullable EngineReport report,
      Charge charge,
      ServiceException error,
      @Nullable String charged,
      @Nullable String kept) {
    boolean nothingToShow = admission.stream() || report == null || charge.amount().value() == 0;
    if (!client.isAnswering() && nothingToShow) {
      client.refuse(error);
    } else if (admission.stream()) {
      client.end(answers.errorEvent(kept, error, report, charge, admission), charged);
    } else {
      client.status(error.code().httpStatus());
      client.header("x-should-retry", Boolean.toString(error.shouldRetry()));
      client.header("x-r1-cost", charge.amount().decimal());
      if (kept != null) {
        client.header("x-usage-receipt", kept);
      }
      client.end(answers.errorBody(error, report, charge, admission), charged);
    }
  }

  private static @Nullable String charged(Charge charge) {
    return charge.charged().output() == 0 ? null : charge.amount().decimal();
  }
}
