package io.r1platform.api.relay;

import io.r1platform.api.metering.Charge;
import io.r1platform.api.metering.Finish;
import io.r1platform.api.metering.UsageRecord;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Tokens;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The engine's exact count of a request, read from the one JSON object that carries it.
 *
 * @param body the object, without our own member {@code r1}
 * @param tokens what was read and generated
 * @param ending the engine's word for how it ended, empty if it gave none
 * @param outputSha256 hash of the token ids, 64 hex digits, zeros if unknown
 * @param ttftMillis the engine's time to the first token, 0 if unknown
 * @param exact whether it is the engine's last word, not the last that was heard of it
 */
record EngineReport(
    ObjectNode body,
    Tokens tokens,
    String ending,
    String outputSha256,
    int ttftMillis,
    boolean exact) {

  /** Reads an object with {@code usage}; null if it is not JSON or has none. */
  static @Nullable EngineReport read(byte[] bytes, JsonMapper json) {
    try {
      return json.readTree(bytes) instanceof ObjectNode body ? of(body) : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  static @Nullable EngineReport of(ObjectNode body) {
    if (!(body.get("usage") instanceof ObjectNode usage)) {
      return null;
    }
    JsonNode r1 = body.path("r1");
    String hash = r1.path("output_sha256").asString("");
    int hit =
        usage
            .path("prompt_cache_hit_tokens")
            .asInt(usage.path("prompt_tokens_details").path("cached_tokens").asInt(0));
    int miss = usage.path("prompt_tokens").asInt(0) - hit;
    int output = usage.path("completion_tokens").asInt(0);
    int reasoning = usage.path("completion_tokens_details").path("reasoning_tokens").asInt(0);
    if (hit < 0 || miss < 0 || reasoning < 0 || reasoning > output) {
      return null;
    }
    body.remove("r1");
    return new EngineReport(
        body,
        new Tokens(hit, miss, reasoning, output - reasoning),
        r1.path("finish").asString(""),
        hash.matches("[0-9a-f]{64}") ? hash : UsageRecord.NO_HASH,
        Math.max(0, r1.path("ttft_ms").asInt(0)),
        true);
  }

  /** How it ended; a cancelled request was stopped by its client or by a cancel call. */
  Finish finish(boolean clientGone) {
    return switch (ending) {
      case "length" -> Finish.LENGTH;
      case "deadline" -> Finish.DEADLINE;
      case "cancelled" -> clientGone ? Finish.CLIENT_DISCONNECT : Finish.CANCELLED;
      default -> Finish.STOP;
    };
  }

  /** The usage with what it costs. */
  ObjectNode pricedUsage(Charge charge, Price price) {
    return new Usage(((ObjectNode) body.get("usage")).deepCopy()).priced(charge, price);
  }
}
