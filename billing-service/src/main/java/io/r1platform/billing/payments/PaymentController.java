package io.r1platform.billing.payments;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.credit.Arrivals;
import io.r1platform.billing.credit.Arrivals.Arrival;
import io.r1platform.billing.errors.ErrorCode;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.BillingMetric;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /internal/v1/payment-events/{provider}}: what the gateway's public webhook passes on, with
 * the sender's headers. Any answer but 200 makes the provider send the event again. After 428,
 * {@code ASKED}, the gateway passes the event on once more, with {@code exists}.
 */
@RestController
@RequestMapping("/internal/v1/payment-events")
final class PaymentController {
  private static final Logger LOG = LoggerFactory.getLogger(PaymentController.class);
  private static final int MOST_BYTES = 65_536;

  /** What became of an event. */
  enum Result {
    /** The money moved now. */
    MOVED,
    /** It had moved before. */
    REPEATED,
    /** It moves no money. */
    IGNORED,
    /** Nothing moved yet: the gateway says first whether the organization exists. */
    ASKED,
    /** Its money cannot be moved, or it is not understood; it is kept for a person. */
    REFUSED
  }

  /** The organization is there only if it is asked for. */
  record Answer(Result result, @Nullable String organization) {}

  private final Map<String, PaymentProvider> providers;
  private final Arrivals arrivals;
  private final MeterRegistry meters;

  PaymentController(List<PaymentProvider> providers, Arrivals arrivals, MeterRegistry meters) {
    this.providers =
        providers.stream().collect(Collectors.toMap(PaymentProvider::name, Function.identity()));
    this.arrivals = arrivals;
    this.meters = meters;
  }

  @PostMapping("/{provider}")
  ResponseEntity<Answer> take(
      @PathVariable String provider,
      @RequestParam(required = false) @Nullable Boolean exists,
      HttpServletRequest request)
      throws IOException {
    PaymentProvider known = providers.get(provider);
    if (known == null) {
      throw ServiceException.notFound("A payment provider '" + provider + "'");
    }
    byte[] body = request.getInputStream().readNBytes(MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      throw ServiceException.invalidRequest("An event has at most 65536 bytes.");
    }
    PaymentProvider.Event event = known.read(request::getHeader, body);
    Result result =
        switch (event) {
          case PaymentProvider.Money(Arrival arrival) -> move(arrival, exists);
          case PaymentProvider.NoMoney() -> Result.IGNORED;
          case PaymentProvider.Unclear(String id, String why) -> keep(provider, id, body, why);
        };
    LOG.info("Payment event of {}: {} {}", provider, result, event);
    meters
        .counter(
            BillingMetric.PAYMENT_EVENTS.meterName(), "provider", provider, "result", result.name())
        .increment();
    return result == Result.ASKED // a gateway that cannot be asked has the event sent again
        ? ResponseEntity.status(HttpStatus.PRECONDITION_REQUIRED)
            .body(new Answer(result, organization(event)))
        : ResponseEntity.ok(new Answer(result, null));
  }

  private static @Nullable String organization(PaymentProvider.Event event) {
    return event instanceof PaymentProvider.Money(Arrival arrival)
        ? Long.toString(arrival.organization())
        : null;
  }

  /** Billing knows no tenants: an account is made only for whom the gateway knows. */
  private Result move(Arrival arrival, @Nullable Boolean exists) {
    if (exists == null && !arrivals.hasAccount(arrival.organization())) {
      return Result.ASKED;
    }
    if (Boolean.FALSE.equals(exists) && arrivals.refuseUnknown(arrival)) {
      LOG.error("Money arrived for nobody: {}", arrival);
      return Result.REFUSED;
    }
    try {
      return arrivals.take(arrival) ? Result.MOVED : Result.REPEATED;
    } catch (ServiceException e) {
      if (e.code() != ErrorCode.INVALID_REQUEST && e.code() != ErrorCode.COMMAND_CONFLICT) {
        throw e;
      }
      return refuse(arrival, String.valueOf(e.getMessage()));
    }
  }

  private Result refuse(Arrival arrival, String why) {
    arrivals.refuse(arrival, why);
    LOG.error("Money arrived that cannot be moved: {}: {}", arrival, why);
    return Result.REFUSED;
  }

  private Result keep(String provider, String eventId, byte[] body, String why) {
    if (!arrivals.refuse(provider, eventId, body, why)) {
      return Result.REPEATED;
    }
    LOG.error("A payment event that is not understood: {} {}: {}", provider, eventId, why);
    return Result.REFUSED;
  }
}
