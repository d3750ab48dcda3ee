package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.metering.JournalReports;
import io.r1platform.api.metering.Labels;
import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.PriceVersion;
import io.r1platform.api.prices.Prices;
import io.r1platform.api.upstreams.Catalogue;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /v1/requests/{id}}: what became of a request of the caller's project, on whatever replica
 * it ran, for the 35 days that the journal keeps. Any other one does not exist.
 */
@RestController
final class RequestStateController {
  private static final String PREFIX = "(chatcmpl-|cmpl-)?";
  private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  /** A cancel may overtake its request on the way to the engine, for two seconds at most. */
  private static final int CANCEL_TRIES = 20;

  private final Relay relay;
  private final JournalReports journal;
  private final Catalogue catalogue;
  private final Prices prices;
  private final JsonMapper json;

  /**
   * A request.
   *
   * @param status running, completed, cancelled or failed
   * @param created_at RFC 3339
   * @param finish how it ended, as usage exports have it; null while it runs
   * @param usage what is charged; null while it runs
   * @param cost decimal string; null while it runs
   * @param client_reference the caller's own id of it, if it sent one
   * @param end_user for whom it was asked, if that was said
   * @param metadata as it was sent; null without any
   */
  record RequestView(
      String id,
      String object,
      String status,
      @Nullable String model,
      String created_at,
      @Nullable String finished_at,
      @Nullable String finish,
      @Nullable JsonNode usage,
      @Nullable String cost,
      @Nullable String currency,
      @Nullable String price_version,
      @Nullable String client_reference,
      @Nullable String end_user,
      @Nullable Map<String, String> metadata) {}

  record Cancelling(String id, String object, String status) {}

  RequestStateController(
      Relay relay, JournalReports journal, Catalogue catalogue, Prices prices, JsonMapper json) {
    this.relay = relay;
    this.journal = journal;
    this.catalogue = catalogue;
    this.prices = prices;
    this.json = json;
  }

  @GetMapping("/v1/requests/{id}")
  RequestView one(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    return view(find(caller, uuid(id)));
  }

  /** Stops the engine; the answer of the request ends with what was generated, which is charged. */
  @PostMapping("/v1/requests/{id}/cancel")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Cancelling cancel(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    UUID uuid = uuid(id);
    if (!relay.cancel(uuid, caller.projectId())) {
      if (find(caller, uuid).finishedAt() != null) {
        throw ServiceException.of(
            ErrorCode.INVALID_STATE, "This request has ended. Nothing was changed.");
      }
      var tries = new AtomicInteger(); // it runs on another replica
      relay.engine().cancelAnywhere(uuid, () -> tries.incrementAndGet() > CANCEL_TRIES);
    }
    return new Cancelling(uuid.toString(), "request", "cancelling");
  }

  private JournalReports.Entry find(Caller caller, UUID id) {
    return journal
        .find(id)
        .filter(entry -> entry.organizationId() == caller.organizationId())
        .filter(entry -> entry.projectId() == caller.projectId())
        .orElseThrow(RequestStateController::unknown);
  }

  private RequestView view(JournalReports.Entry entry) {
    boolean over = entry.finishedAt() != null;
    Labels labels = entry.labels();
    PriceVersion price = prices.version(entry.priceSha256()).orElse(null);
    return new RequestView(
        entry.eventId().toString(),
        "request",
        status(entry),
        catalogue.nameOf(entry.modelId()).orElse(null),
        entry.admittedAt().toString(),
        over ? String.valueOf(entry.finishedAt()) : null,
        over ? entry.finish() : null,
        over ? Usage.of(entry.tokens(), json).object() : null,
        over ? new Pico(entry.amountPico()).decimal() : null,
        price == null ? null : price.currency(),
        price == null ? null : price.publicVersion(),
        labels.clientReference(),
        labels.endUser(),
        labels.metadata().isEmpty() ? null : labels.metadata());
  }

  private static String status(JournalReports.Entry entry) {
    return switch (entry.finish()) {
      case "admit" -> "running";
      case "stop", "length" -> "completed";
      case "client_disconnect", "cancelled" -> "cancelled";
      default -> "failed";
    };
  }

  private static UUID uuid(String id) {
    if (!id.matches(PREFIX + ID)) {
      throw unknown();
    }
    return UUID.fromString(id.replaceFirst("^" + PREFIX, ""));
  }

  private static ServiceException unknown() {
    return ServiceException.about(
        ErrorCode.NOT_FOUND, "id", "This request does not exist or this key may not see it.");
  }
}
