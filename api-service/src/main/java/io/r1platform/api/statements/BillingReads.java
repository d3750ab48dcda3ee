package io.r1platform.api.statements;

import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks billing for tenants. A question blocks {@link #LONGEST} at most, an order {@code
 * r1.api.billing.timeout}, a file as long as it is read; so many at once, so that no tenant keeps
 * billing from its work. Billing itself sees to it that none of them keeps it from others. While it
 * is away the answer is 503.
 */
@Component
class BillingReads {
  private static final Logger log = LoggerFactory.getLogger(BillingReads.class);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(5);
  private static final Duration ORDERS_LATER = Duration.ofSeconds(30);
  private static final int MOST = 32;
  private static final int MOST_OF_ONE = 4;
  private static final int MOST_PROBLEM = 65_536;

  private final BillingClient billing;
  private final JsonMapper json;
  private final FreeCalls calls = new FreeCalls(MOST, MOST_OF_ONE);

  BillingReads(BillingClient billing, JsonMapper json) {
    this.billing = billing;
    this.json = json;
  }

  /**
   * The answer to a path and query that name the caller's organization. Fails with 422 where
   * billing does not take what the caller asked, 429 where the organization asks too much at once,
   * and 503.
   */
  ObjectNode read(Caller caller, String pathAndQuery) {
    try (FreeCalls.Place _ = calls.begin(caller)) {
      return ask(pathAndQuery);
    }
  }

  /**
   * The answer as it is, of status 200, 202 or 404, to a path that names the caller's organization.
   * Fails with 409 and what billing says where that is its answer, and as {@link #read} otherwise.
   */
  HttpResponse<byte[]> raw(Caller caller, String pathAndQuery) {
    try (FreeCalls.Place _ = calls.begin(caller)) {
      return raw(pathAndQuery);
    }
  }

  /** The same for a path that is nobody's. */
  HttpResponse<byte[]> raw(String pathAndQuery) {
    try {
      HttpResponse<byte[]> answer = billing.get(pathAndQuery, LONGEST);
      switch (answer.statusCode()) {
        case 200, 202, 404 -> {
          return answer;
        }
        case 400, 422 ->
            throw ServiceException.of(
                ErrorCode.INVALID_VALUE,
                json.readTree(answer.body())
                    .path("detail")
                    .asString("A parameter is out of range."));
        case 409 ->
            throw ServiceException.of(
                ErrorCode.INVALID_STATE,
                json.readTree(answer.body())
                    .path("detail")
                    .asString("Its state does not allow it."));
        case 429 -> throw tooMany();
        default -> log.warn("billing-service answered {} to a question", answer.statusCode());
      }
    } catch (IOException | JacksonException e) {
      log.warn("billing-service did not answer a question: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw unavailable();
  }

  /**
   * A file as it comes, at a path that names the caller's organization; whoever gets it closes it,
   * and limits how many are open. Fails with 404 where there is none, 409 with what billing says of
   * it, 429 where the organization asks too much, and 503.
   *
   * @param what it is, at the begin of a sentence
   */
  InputStream open(String path, String what) {
    return file(path, what).body();
  }

  /** The same with its headers. */
  HttpResponse<InputStream> file(String path, String what) {
    try {
      HttpResponse<InputStream> answer = billing.stream(path);
      if (answer.statusCode() == 200) {
        return answer;
      }
      try (InputStream body = answer.body()) {
        switch (answer.statusCode()) {
          case 429 -> throw tooMany();
          case 404 -> throw ServiceException.notFound(what);
          case 409 ->
              throw ServiceException.of(
                  ErrorCode.INVALID_STATE,
                  json.readTree(body.readNBytes(MOST_PROBLEM))
                      .path("detail")
                      .asString("Its state does not allow it."));
          default -> log.warn("billing-service answered {} to a question", answer.statusCode());
        }
      }
    } catch (IOException | JacksonException e) {
      log.warn("billing-service did not answer a question: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw unavailable();
  }

  /**
   * The answer to an order at a path that names the caller's organization. Fails with 422 and what
   * billing says of the order, 404 and {@code what}, 409 where another order had its command or its
   * state does not allow it, 429 where the organization has too many, and 503.
   */
  ObjectNode order(Caller caller, String path, ObjectNode body, String what) {
    try (FreeCalls.Place _ = calls.begin(caller)) {
      HttpResponse<byte[]> answer =
          billing.post(path, "application/json", json.writeValueAsBytes(body));
      JsonNode said = json.readTree(answer.body());
      if (answer.statusCode() == 200 && said instanceof ObjectNode object) {
        return object;
      }
      ServiceException refusal = refusal(answer.statusCode(), said, what);
      if (refusal != null) {
        throw refusal;
      }
      log.warn("billing-service answered {} to a tenant's order", answer.statusCode());
    } catch (IOException | JacksonException e) {
      log.warn("billing-service did not answer a tenant's order: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw unavailable();
  }

  private static @Nullable ServiceException refusal(int status, JsonNode said, String what) {
    String code = said.path("code").asString("");
    String detail = said.path("detail").asString("It is not taken.");
    return switch (code) {
      case "command_conflict" ->
          ServiceException.about(
              ErrorCode.IDEMPOTENCY_CONFLICT,
              "Idempotency-Key",
              "This Idempotency-Key came with another body. Nothing was done. Use another key for"
                  + " another request.");
      case "unknown_dataset" -> ServiceException.about(ErrorCode.INVALID_VALUE, "dataset", detail);
      case "too_many_exports" ->
          ServiceException.later(ErrorCode.RATE_LIMIT_EXCEEDED, ORDERS_LATER, detail);
      default ->
          switch (status) {
            case 400, 422 -> ServiceException.of(ErrorCode.INVALID_VALUE, detail);
            case 404 -> ServiceException.notFound(what);
            case 409 -> ServiceException.of(ErrorCode.INVALID_STATE, detail);
            default -> null;
          };
    };
  }

  private ObjectNode ask(String pathAndQuery) {
    try {
      HttpResponse<byte[]> answer = billing.get(pathAndQuery, LONGEST);
      if (answer.statusCode() == 200 && json.readTree(answer.body()) instanceof ObjectNode object) {
        return object;
      }
      if (answer.statusCode() == 400 || answer.statusCode() == 422) {
        throw ServiceException.of(
            ErrorCode.INVALID_VALUE,
            json.readTree(answer.body()).path("detail").asString("A parameter is out of range."));
      }
      if (answer.statusCode() == 429) {
        throw tooMany();
      }
      log.warn("billing-service answered a tenant's question with {}", answer.statusCode());
    } catch (IOException | JacksonException e) {
      log.warn("billing-service did not answer a tenant's question: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw unavailable();
  }

  /** Billing knows how many of all gateways are its organization's. */
  private static ServiceException tooMany() {
    return ServiceException.later(
        ErrorCode.RATE_LIMIT_EXCEEDED,
        SOON,
        "Your organization has as many questions about usage, costs, invoices and receipts running"
            + " as one may. Nothing was charged. Send it again.");
  }

  private static ServiceException unavailable() {
    return ServiceException.later(
        ErrorCode.METERING_UNAVAILABLE,
        LATER,
        "Billing cannot be asked now. Usage is recorded all the same. Nothing was charged. Send it"
            + " again.");
  }
}
