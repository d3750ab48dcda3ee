package io.r1platform.inference.generation;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.generation.GenerationEvent.Usage;
import io.r1platform.inference.receipts.Receipt;
import io.r1platform.inference.receipts.Receipts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What follows the last token: the receipt becomes durable, then the listener hears the end. */
final class Endings {
  private final Receipts receipts;
  private final Clock clock;
  private final Duration receiptTimeout;
  private final EngineMeters meters;
  private final RequestReport report;

  Endings(
      Receipts receipts,
      Clock clock,
      Duration receiptTimeout,
      EngineMeters meters,
      RequestReport report) {
    this.receipts = receipts;
    this.clock = clock;
    this.receiptTimeout = receiptTimeout;
    this.meters = meters;
    this.report = report;
  }

  /**
   * Never waits; the listener is called later, by another thread.
   *
   * @return completes when the listener has heard it, at the latest when the receipt is overdue
   */
  CompletableFuture<Void> end(Generation generation, Ended ended, int modelId) {
    Instant endedAt = clock.instant();
    long millis = Duration.between(generation.startedAt(), endedAt).toMillis();
    meters.ended(generation.task(), ended, millis);
    Choices choices = generation.task().choices();
    Ended whole =
        choices == null ? ended : choices.ended(generation.task().choice(), ended).orElse(null);
    if (whole == null) { // the last choice brings the receipt
      generation.deliver(ended);
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> durable = receipts.append(receipt(generation, whole, modelId, endedAt));
    report.ended(generation.task(), whole, generation.startedAt(), endedAt);
    return durable
        .copy()
        .orTimeout(receiptTimeout.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (_, failure) -> {
              if (failure instanceof TimeoutException) {
                receipts.overdue(durable);
              }
              generation.deliver(failure == null ? ended : withoutReceipt(whole, failure));
            });
  }

  private Ended withoutReceipt(Ended ended, Throwable failure) {
    String why =
        failure instanceof TimeoutException
            ? "the database did not answer in %d ms".formatted(receiptTimeout.toMillis())
            : "it was refused";
    return new Ended(
        GenerationEvent.Finish.ERROR,
        ended.usage(),
        ServiceException.of(
            ErrorCode.METERING_UNAVAILABLE,
            "Stopped after %d tokens; their receipt could not be stored: %s. Send it again later."
                .formatted(ended.usage().output(), why)));
  }

  private static Receipt receipt(Generation generation, Ended ended, int modelId, Instant endedAt) {
    GenerationTask task = generation.task();
    Usage usage = ended.usage();
    return new Receipt(
        task.eventId(),
        task.attempt(),
        modelId,
        task.replica(),
        usage.promptHit(),
        usage.promptMiss(),
        usage.reasoning(),
        usage.output(),
        Receipt.Finish.valueOf(ended.finish().name()),
        usage.outputSha256(),
        generation.startedAt(),
        endedAt);
  }
}
