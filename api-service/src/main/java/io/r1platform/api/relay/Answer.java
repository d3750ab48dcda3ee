package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorBody;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Charge;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes the last bytes of a reply, which say what it cost. */
final class Answer {
  private static final byte[] EMPTY_LINE = "\n\n".getBytes(StandardCharsets.US_ASCII);

  private final JsonMapper json;
  private final ErrorBody errors;

  Answer(JsonMapper json, ErrorBody errors) {
    this.json = json;
    this.errors = errors;
  }

  /** The receipt, as a comment of the block after it, the usage chunk, if wanted, and the end. */
  byte[] endOfStream(
      @Nullable String receipt,
      EngineReport report,
      Charge charge,
      Admission admission,
      boolean usage) {
    var out = new ByteArrayOutputStream();
    comment(out, receipt);
    String id = "id: " + report.tokens().output() + "\n";
    if (usage) {
      ObjectNode chunk = report.body();
      chunk.set("usage", report.pricedUsage(charge, admission.price()));
      event(out, id, json.writeValueAsBytes(chunk));
    }
    event(out, id, "[DONE]".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /** The whole JSON answer. */
  byte[] body(EngineReport report, Charge charge, Admission admission) {
    ObjectNode body = report.body();
    body.set("usage", report.pricedUsage(charge, admission.price()));
    return json.writeValueAsBytes(body);
  }

  private static void comment(ByteArrayOutputStream out, @Nullable String receipt) {
    if (receipt != null) {
      out.writeBytes((": receipt " + receipt + "\n").getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** The event that ends a stream badly, after the receipt of what was charged, as a comment. */
  byte[] errorEvent(
      @Nullable String receipt,
      ServiceException error,
      @Nullable EngineReport report,
      Charge charge,
      Admission admission) {
    ObjectNode event = json.createObjectNode();
    event.set("error", json.valueToTree(errors.openAiError(error, admission.eventId())));
    if (report != null) {
      event.set("usage", report.pricedUsage(charge, admission.price()));
    } else if (charge.amount().value() > 0) {
      event.set("usage", Usage.of(charge.charged(), json).priced(charge, admission.price()));
    }
    var out = new ByteArrayOutputStream();
    comment(out, receipt);
    event(out, "", json.writeValueAsBytes(event));
    return out.toByteArray();
  }

  /** An error that is the whole answer to a request. */
  byte[] error(ServiceException error, UUID eventId) {
    return errors.openAi(error, eventId);
  }

  /** An error as the last event of a stream whose request ran elsewhere. */
  byte[] errorEvent(ServiceException error, UUID eventId) {
    return event(errors.openAi(error, eventId));
  }

  /** A JSON object as an event. */
  static byte[] event(byte[] data) {
    var out = new ByteArrayOutputStream();
    event(out, "", data);
    return out.toByteArray();
  }

  /** A JSON answer that failed after its status had left: with what was generated, if anything. */
  byte[] errorBody(
      ServiceException error, @Nullable EngineReport report, Charge charge, Admission admission) {
    ObjectNode body =
        report == null || charge.charged().output() == 0
            ? json.createObjectNode()
            : report.body().deepCopy();
    body.set("error", json.valueToTree(errors.openAiError(error, admission.eventId())));
    if (report != null && body.has("usage")) {
      body.set("usage", report.pricedUsage(charge, admission.price()));
      JsonNode whole = body.path("choices").path(0).path("message");
      if (whole.isObject() && !body.has("partial")) {
        body.set("partial", whole);
      }
    }
    return json.writeValueAsBytes(body);
  }

  private static void event(ByteArrayOutputStream out, String id, byte[] data) {
    out.writeBytes(id.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes("data: ".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(data);
    out.writeBytes(EMPTY_LINE);
  }
}
