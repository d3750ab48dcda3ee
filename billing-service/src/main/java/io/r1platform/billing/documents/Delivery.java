package io.r1platform.billing.documents;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.invoices.InvoiceView;
import io.r1platform.billing.observability.BillingMetric;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Sends what the outbox holds. What was taken is noted and never sent again; where a sender died
 * between the taking and the note, it is sent once more under the same id. No transaction is open
 * while a server is called.
 */
@Component
class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private enum Result {
    DELIVERED,
    RETRY,
    GIVEN_UP
  }

  private final Outbox outbox;
  private final Pdfs pdfs;
  private final Mails mails;
  private final Webhooks webhooks;
  private final DocumentSettings settings;
  private final MeterRegistry meters;

  Delivery(
      Outbox outbox,
      Pdfs pdfs,
      Mails mails,
      Webhooks webhooks,
      DocumentSettings settings,
      MeterRegistry meters) {
    this.outbox = outbox;
    this.pdfs = pdfs;
    this.mails = mails;
    this.webhooks = webhooks;
    this.settings = settings;
    this.meters = meters;
    for (Result result : Result.values()) {
      counter(result); // from 0 on, else an alert would miss the first
    }
  }

  private Counter counter(Result result) {
    return meters.counter(BillingMetric.DELIVERIES.meterName(), "result", result.name());
  }

  /** Sends what is due. Returns how many were taken. */
  @Scheduled(fixedDelayString = "PT5S")
  synchronized int run() {
    int taken = 0;
    Optional<Outbox.Due> due = outbox.claim();
    while (due.isPresent()) {
      taken += finish(due.get(), send(due.get())) == Result.DELIVERED ? 1 : 0;
      due = outbox.claim();
    }
    return taken;
  }

  private String send(Outbox.Due due) {
    if (due.closed()) {
      return "the target is closed";
    }
    try {
      InvoiceView invoice = pdfs.invoice(due.invoiceId());
      return due.address() == null ? webhooks.send(due, invoice) : mails.send(due, invoice);
    } catch (RuntimeException e) { // one that cannot be made must not stand in others' way
      LOG.error("{} cannot be made", due.key(), e);
      return "it cannot be made: " + e.getClass().getSimpleName();
    }
  }

  private Result finish(Outbox.Due due, String failure) {
    Result result = Result.DELIVERED;
    if (failure.isEmpty()) {
      outbox.delivered(due);
    } else {
      boolean givenUp = due.closed() || due.attempts() >= settings.attempts();
      outbox.failed(due, failure, givenUp);
      result = givenUp ? Result.GIVEN_UP : Result.RETRY;
      LOG.warn("{} was not delivered ({} attempts): {}", due.key(), due.attempts(), failure);
    }
    counter(result).increment();
    return result;
  }
}
