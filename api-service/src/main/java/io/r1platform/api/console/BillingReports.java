package io.r1platform.api.console;

import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads billing's reports; blocking. Their numbers are decimal strings and go on as they are. Where
 * billing does not answer, that is said: a report is never empty for want of an answer.
 */
@Component
class BillingReports {
  private static final Logger log = LoggerFactory.getLogger(BillingReports.class);

  private final BillingClient billing;
  private final JsonMapper json;

  BillingReports(BillingClient billing, JsonMapper json) {
    this.billing = billing;
    this.json = json;
  }

  /** Where billing says what a command would do, and does nothing. */
  static String dryRun(String path) {
    return path.replaceFirst("^/internal/v1/", "/internal/v1/dry-run/");
  }

  /**
   * A page of a list.
   *
   * @param member where billing has the rows; here they are {@code items}
   */
  ObjectNode page(String pathAndQuery, String member) {
    ObjectNode page = read(pathAndQuery);
    JsonNode rows = page.remove(member);
    page.set("items", rows == null ? json.createArrayNode() : rows);
    if (!page.has("next")) {
      page.putNull("next");
    }
    return page;
  }

  /** A report that exists. */
  ObjectNode read(String pathAndQuery) {
    return find(pathAndQuery).orElseThrow(() -> ServiceException.notFound("This report"));
  }

  /** A report, or nothing where billing knows of none. */
  Optional<ObjectNode> find(String pathAndQuery) {
    try {
      HttpResponse<byte[]> answer = billing.get(pathAndQuery);
      if (answer.statusCode() == 200) {
        return Optional.of((ObjectNode) json.readTree(answer.body()));
      }
      ServiceException error = error(answer.statusCode(), answer.body());
      if (error.code() == ErrorCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw error;
    } catch (IOException | JacksonException | ClassCastException e) {
      throw unavailable(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Why billing answers 409, in its words; nothing where it answers anything else. */
  Optional<String> conflict(String path) {
    try {
      HttpResponse<byte[]> answer = billing.get(path);
      return Optional.of(answer)
          .filter(one -> one.statusCode() == 409)
          .map(one -> error(one.statusCode(), one.body()).getMessage());
    } catch (IOException e) {
      throw unavailable(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Sends a command, which billing takes once however often it comes. */
  ObjectNode post(String path, JsonNode body) {
    try {
      HttpResponse<byte[]> answer =
          billing.post(path, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
      int status = answer.statusCode();
      if (status == 204) {
        return json.createObjectNode();
      }
      if (status == 200 || status == 201) {
        return (ObjectNode) json.readTree(answer.body());
      }
      throw error(status, answer.body());
    } catch (IOException | JacksonException | ClassCastException e) {
      throw unavailable(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** A command that billing carries out, at most once however often it is sent. */
  void command(String path, Map<String, Object> body) {
    try {
      HttpResponse<byte[]> answer =
          billing.post(path, "application/json", json.writeValueAsBytes(body));
      if (answer.statusCode() >= 300) {
        throw error(answer.statusCode(), answer.body());
      }
    } catch (IOException e) {
      throw unavailable(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** A file as it comes; whoever gets it closes its body. */
  HttpResponse<InputStream> open(String pathAndQuery) {
    try {
      HttpResponse<InputStream> answer = billing.stream(pathAndQuery);
      if (answer.statusCode() == 200) {
        return answer;
      }
      try (InputStream body = answer.body()) {
        throw error(answer.statusCode(), body.readNBytes(65_536));
      }
    } catch (IOException e) {
      throw unavailable(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** A text as it comes. */
  String text(String pathAndQuery) {
    try (InputStream body = open(pathAndQuery).body()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private ServiceException error(int status, byte[] body) {
    JsonNode problem = problem(body);
    String code = problem == null ? "" : problem.path("code").asString("");
    String detail = problem == null ? "" : problem.path("detail").asString("");
    if (code.equals("unknown_dataset")) {
      return ServiceException.of(
          ErrorCode.UNKNOWN_DATASET, detail.isEmpty() ? "There is no such dataset." : detail);
    }
    return switch (status) {
      case 404 -> ServiceException.notFound("This");
      case 409 ->
          ServiceException.of(
              ErrorCode.INVALID_STATE, detail.isEmpty() ? "Its state does not allow it." : detail);
      case 400, 422 ->
          ServiceException.of(
              ErrorCode.INVALID_VALUE, detail.isEmpty() ? "Billing refused the query." : detail);
      default -> {
        log.warn("billing-service answered {} {}", status, code);
        yield unavailable(null);
      }
    };
  }

  private @Nullable JsonNode problem(byte[] body) {
    try {
      return json.readTree(body);
    } catch (JacksonException e) {
      log.debug("billing's error is no JSON", e);
      return null;
    }
  }

  private static ServiceException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return unavailable(e);
  }

  private static ServiceException unavailable(@Nullable Throwable cause) {
    String message =
        "billing-service does not answer. Usage is safe in the journal and will be billed. Look at"
            + " its log and at r1.api.billing.url and token-file, then try again.";
    if (cause == null) {
      return ServiceException.of(ErrorCode.BILLING_UNAVAILABLE, message);
    }
    log.warn("billing-service does not answer", cause);
    return ServiceException.because(ErrorCode.BILLING_UNAVAILABLE, message, cause);
  }
}
