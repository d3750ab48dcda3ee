package io.r1platform.api.payments;

import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.tenants.Tenants;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code POST /webhooks/payments/{provider}}: passes a provider's event to billing-service, which
 * checks its signature and asks back whether an organization that it does not know exists. 204
 * means taken; after any other answer the provider sends it again. Open to strangers, so few run at
 * a time and bodies are small.
 */
@RestController
final class PaymentWebhookController {
  private static final Logger log = LoggerFactory.getLogger(PaymentWebhookController.class);
  private static final Pattern PROVIDER = Pattern.compile("[a-z0-9-]{1,32}");
  private static final Pattern PASSED =
      Pattern.compile("webhook-[a-z-]{1,40}|[a-z-]{1,40}-signature");
  private static final int MOST_BYTES = 65_536;
  private static final int MOST_HEADERS = 8;
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final BillingClient billing;
  private final Tenants tenants;
  private final JsonMapper json;
  private final Semaphore slots = new Semaphore(8);

  PaymentWebhookController(BillingClient billing, Tenants tenants, JsonMapper json) {
    this.billing = billing;
    this.tenants = tenants;
    this.json = json;
  }

  @PostMapping("/webhooks/payments/{provider}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void take(
      @PathVariable String provider,
      @RequestHeader HttpHeaders headers,
      @RequestBody(required = false) byte @Nullable [] body) {
    if (!PROVIDER.matcher(provider).matches()) {
      throw unknown();
    }
    byte[] event = body == null ? new byte[0] : body;
    if (event.length > MOST_BYTES) {
      throw ServiceException.of(
          ErrorCode.REQUEST_TOO_LARGE, "An event has at most " + MOST_BYTES + " bytes.");
    }
    if (!slots.tryAcquire()) {
      throw later("Too many events at once.");
    }
    try {
      String[] passed = passed(headers);
      HttpResponse<byte[]> first = send(provider, "", passed, event);
      Long asked = asked(first);
      answer(
          provider,
          asked == null
              ? first.statusCode()
              : send(provider, "?exists=" + tenants.hasOrganization(asked), passed, event)
                  .statusCode());
    } finally {
      slots.release();
    }
  }

  /** The organization that billing does not know, if it asks whether there is one. */
  private @Nullable Long asked(HttpResponse<byte[]> answer) {
    if (answer.statusCode() != HttpStatus.PRECONDITION_REQUIRED.value()) {
      return null;
    }
    JsonNode said = json.readTree(answer.body());
    return said.path("result").asString("").equals("ASKED")
        ? Long.valueOf(said.path("organization").asString())
        : null;
  }

  private HttpResponse<byte[]> send(String provider, String query, String[] headers, byte[] event) {
    try {
      return billing.post(
          "/internal/v1/payment-events/" + provider + query,
          "application/octet-stream",
          event,
          headers);
    } catch (IOException e) {
      log.warn("billing-service did not take an event of {}", provider, e);
      throw later("The event could not be taken now.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw later("The event could not be taken now.");
    }
  }

  private static void answer(String provider, int status) {
    switch (status) {
      case 200 -> {}
      case 403 ->
          throw ServiceException.of(
              ErrorCode.FORBIDDEN, "The event's signature or its time does not hold.");
      case 404 -> throw unknown();
      case 400 ->
          throw ServiceException.of(ErrorCode.INVALID_VALUE, "The event is not understood.");
      case 409 ->
          throw ServiceException.of(
              ErrorCode.INVALID_STATE, "An event with this id said something else before.");
      default -> {
        log.warn("billing-service answered {} to an event of {}", status, provider);
        throw later("The event could not be taken now.");
      }
    }
  }

  /** What a signature may need, as name, value pairs. */
  private static String[] passed(HttpHeaders headers) {
    List<String> passed = new ArrayList<>();
    headers.forEach(
        (name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (PASSED.matcher(lower).matches()
              && values.size() == 1
              && passed.size() < 2 * MOST_HEADERS) {
            passed.add(lower);
            passed.add(values.getFirst());
          }
        });
    return passed.toArray(String[]::new);
  }

  private static ServiceException unknown() {
    return ServiceException.notFound("This payment provider");
  }

  private static ServiceException later(String why) {
    return ServiceException.later(ErrorCode.BILLING_UNAVAILABLE, AGAIN, why + " Send it again.");
  }
}
