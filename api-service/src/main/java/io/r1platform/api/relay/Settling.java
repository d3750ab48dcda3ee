package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.holds.Hold;
import io.r1platform.api.holds.WorstCase;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Charge;
import io.r1platform.api.metering.Finish;
import io.r1platform.api.metering.Origin;
import io.r1platform.api.metering.Outcome;
import io.r1platform.api.metering.UsageRecord;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.requests.LoggedRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The end of a run that was admitted: its charge, its FINAL, and what the client hears when that is
 * durable. The client is spoken to under the run's lock.
 */
final class Settling {
  private static final Logger log = LoggerFactory.getLogger(Settling.class);

  private final Run run;
  private final Relay relay;
  private final Admission admission;
  private final Hold hold;
  private final Ending ending;

  Settling(Run run, Relay relay, Admission admission, Hold hold, Ending ending) {
    this.run = run;
    this.relay = relay;
    this.admission = admission;
    this.hold = hold;
    this.ending = ending;
  }

  /**
   * Tokens are fewer than bytes: what the prompt cannot cost any more is free for others. Only once
   * nobody but this attempt can answer, and only by our own server's count.
   */
  void shrinkHold(Attempt last) {
    EngineClient.Head received = last.isForeign() ? null : last.head();
    if (received != null
        && received.status() == 200
        && received.headers().containsHeader(PromptTokens.HEADER)) {
      int prompt = PromptTokens.of(received).input();
      WorstCase known = WorstCase.of(prompt, admission.outputCap(), admission.price().worst());
      if (prompt > 0) {
        hold.shrinkTo(known.amount());
      }
    }
  }

  /**
   * Writes the FINAL; the client hears the end when it is durable, or at once if it says that
   * nothing was charged.
   *
   * @param last the attempt that answered, null if there was none
   */
  void settle(
      Finish finish,
      Tokens tokens,
      @Nullable EngineReport report,
      @Nullable ServiceException error,
      @Nullable Attempt last) {
    // An exact count whose receipt the engine could not store stands on the gateway's word alone.
    boolean unproven = error != null && error.code() == ErrorCode.METERING_UNAVAILABLE;
    var outcome =
        new Outcome(
            finish,
            tokens,
            report == null || !report.exact() || unproven,
            run.ttftMillis(report),
            report == null ? UsageRecord.NO_HASH : report.outputSha256(),
            relay.clock().instant(),
            last == null ? Origin.OWN : last.origin(last.doubt()));
    Charge charge = admission.charge(outcome);
    ending.receipt(admission.receipt(outcome));
    settle(outcome, relay.finished(run, last, outcome, charge), charge, report, error);
  }

  private void settle(
      Outcome outcome,
      @Nullable LoggedRequest row,
      Charge charge,
      @Nullable EngineReport report,
      @Nullable ServiceException error) {
    boolean free = charge.amount().value() == 0;
    if (free) {
      hold.settle(charge.amount()); // whoever settles it, this FINAL or a peer's LOST, charges 0
    }
    CompletableFuture<Void> kept = ending.keep(report, charge, error);
    CompletableFuture<?> written =
        kept == null
            ? relay.journal().settle(admission, outcome)
            : kept.handle((done, failure) -> failure == null)
                .thenCompose(done -> relay.journal().settle(admission, outcome));
    var settled =
        written.thenRun(
            () -> {
              hold.settle(charge.amount()); // before the client can send another
              relay.log(admission.eventId(), row);
            });
    Mono.fromFuture(settled, true)
        .timeout(relay.settings().finalWait())
        .publishOn(Schedulers.parallel())
        .subscribe(
            nothing -> {},
            late -> onFinalFailed(late, report, charge, error),
            () -> end(report, charge, error));
    if (free && error != null) {
      end(report, charge, error);
    }
  }

  private void onFinalFailed(
      Throwable failure,
      @Nullable EngineReport report,
      Charge charge,
      @Nullable ServiceException error) {
    synchronized (run) {
      boolean mayBeWritten =
          failure instanceof ServiceException unwritten && !unwritten.charged().equals("0");
      if (failure instanceof TimeoutException || mayBeWritten) {
        ending.pending(report, charge, error);
      } else {
        log.warn(
            "request {} could not be settled here: a peer settles it as lost", admission.eventId());
        lost(ServiceException.meteringUnavailable());
      }
    }
  }

  private void end(@Nullable EngineReport report, Charge charge, @Nullable ServiceException error) {
    synchronized (run) {
      if (error != null) {
        ending.failed(report, charge, error);
      } else if (report != null) {
        ending.answered(report, charge);
      }
    }
  }

  /** No FINAL is written here: a peer settles it as lost, and nothing is charged. */
  void lost(ServiceException error) {
    Outcome nothing = Outcome.nothing(Finish.LOST, relay.clock().instant());
    ending.failed(null, admission.charge(nothing), error);
  }
}
