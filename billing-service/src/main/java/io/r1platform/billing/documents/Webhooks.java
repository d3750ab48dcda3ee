package io.r1platform.billing.documents;

import io.r1platform.billing.invoices.InvoiceView;
import io.r1platform.billing.webhooks.Signature;
import io.r1platform.billing.webhooks.WebhookAddresses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Sends invoices to the organization's webhook targets, signed; each attempt has the same id. */
@Component
class Webhooks implements AutoCloseable {
  private static final int OK_FROM = 200;
  private static final int OK_TO = 299;

  /** What a target gets: {@code invoice.finalized}, {@code credit_note.finalized} … */
  record Message(String type, Instant timestamp, InvoiceView data) {}

  private final DocumentSettings settings;
  private final JsonMapper json;
  private final Clock clock;
  private final HttpClient http;

  Webhooks(DocumentSettings settings, JsonMapper json, Clock clock) {
    this.settings = settings;
    this.json = json;
    this.clock = clock;
    this.http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.timeout())
            .build();
  }

  /** Nothing if the target took it, else why not. */
  String send(Outbox.Due due, InvoiceView invoice) {
    URI uri = URI.create(Objects.requireNonNull(due.url()));
    String refusal = WebhookAddresses.refusal(uri.getHost(), settings.webhookPrivateTargets());
    if (!refusal.isEmpty()) {
      return refusal;
    }
    String what = due.what().name().toLowerCase(Locale.ROOT);
    String type = (invoice.isCreditNote() ? "credit_note." : "invoice.") + what;
    Instant at =
        invoice.voided() != null
            ? invoice.voided().at()
            : Objects.requireNonNull(invoice.issuedAt());
    String body = json.writeValueAsString(new Message(type, at, invoice));
    long timestamp = clock.instant().getEpochSecond();
    byte[] secret = Objects.requireNonNull(due.secret());
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(settings.timeout())
            .header("Content-Type", "application/json")
            .header("webhook-id", due.key())
            .header("webhook-timestamp", Long.toString(timestamp))
            .header("webhook-signature", Signature.of(secret, due.key(), timestamp, body))
            .POST(HttpRequest.BodyPublishers.ofString(body))
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

  @Override
  public void close() {
    http.shutdownNow();
  }
}
