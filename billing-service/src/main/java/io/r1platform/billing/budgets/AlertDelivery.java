package io.r1platform.billing.budgets;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.billing.webhooks.Signature;
import io.r1platform.billing.webhooks.WebhookAddresses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Sends queued alerts. Each is claimed for as long as an attempt may take and a pause after it, so
 * that several instances never send one at the same time and one that dies loses nothing; no
 * transaction is open while a target is called. Each target has its own thread while something is
 * sent to it, so that one that does not answer delays no other. A receiver may see an id twice,
 * never two ids for one alert.
 */
@Component
class AlertDelivery implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertDelivery.class);
  private static final int AT_ONCE = 20;
  private static final int MOST_TARGETS = 64;
  private static final int OK_FROM = 200;
  private static final int OK_TO = 299;

  private enum Result {
    DELIVERED,
    RETRY,
    GIVEN_UP
  }

  private final AlertQueue queue;
  private final BudgetSettings settings;
  private final MeterRegistry meters;
  private final Clock clock;
  private final HttpClient http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Long> busy = ConcurrentHashMap.newKeySet();

  AlertDelivery(AlertQueue queue, BudgetSettings settings, MeterRegistry meters, Clock clock) {
    this.queue = queue;
    this.settings = settings;
    this.meters = meters;
    this.clock = clock;
    this.http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.webhookTimeout())
            .build();
  }

  /** Begins what is due; waits for no target. */
  @Scheduled(fixedDelayString = "PT1S")
  void run() {
    while (busy.size() < MOST_TARGETS) {
      Map<Long, List<AlertQueue.Due>> due =
          queue.claim(AT_ONCE, busy, settings.webhookTimeout()).stream()
              .collect(Collectors.groupingBy(AlertQueue.Due::targetId));
      if (due.isEmpty()) {
        return;
      }
      due.forEach(this::begin);
    }
  }

  private void begin(long target, List<AlertQueue.Due> deliveries) {
    busy.add(target);
    threads.execute(
        () -> {
          try {
            deliveries.forEach(delivery -> finish(delivery, send(delivery)));
          } catch (RuntimeException e) {
            LOG.error("Alerts to target {} are sent again later", target, e);
          } finally {
            busy.remove(target);
          }
        });
  }

  /** Ends what is under way; it is sent again later. */
  @Override
  public void close() {
    threads.shutdownNow();
    http.shutdownNow();
  }

  /** Nothing if it was taken, else why not. */
  private String send(AlertQueue.Due due) {
    if (due.closed()) {
      return "the target is closed";
    }
    URI uri = URI.create(due.url());
    String refusal = WebhookAddresses.refusal(uri.getHost(), settings.webhookPrivateTargets());
    if (!refusal.isEmpty()) {
      return refusal;
    }
    String id = "alert_" + due.alertId();
    long timestamp = clock.instant().getEpochSecond();
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(settings.webhookTimeout())
            .header("Content-Type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", Long.toString(timestamp))
            .header("webhook-signature", Signature.of(due.secret(), id, timestamp, due.body()))
            .POST(HttpRequest.BodyPublishers.ofString(due.body()))
            .build();
    try {
      var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      int status = response.statusCode();
      response.body().close(); // not read: it may never end
      return status >= OK_FROM && status <= OK_TO ? "" : "it answered " + status;
    } catch (IOException e) {
      return "it cannot be reached: " + e.getClass().getSimpleName();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private void finish(AlertQueue.Due due, String failure) {
    Result result;
    if (failure.isEmpty()) {
      queue.delivered(due);
      result = Result.DELIVERED;
    } else if (due.closed() || due.attempts() >= settings.webhookAttempts()) {
      queue.giveUp(due, failure);
      result = Result.GIVEN_UP;
      LOG.error(
          "Alert {} to target {} given up after {} attempts: {}",
          due.alertId(),
          due.targetId(),
          due.attempts(),
          failure);
    } else {
      queue.failed(due, failure);
      result = Result.RETRY;
    }
    meters.counter(BillingMetric.ALERTS.meterName(), "result", result.name()).increment();
  }
}
