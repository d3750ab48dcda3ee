package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.Wishes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What chat and raw completions have in common.
 *
 * @param model the model's name as given
 * @param maxTokens the caller's cap, or null
 * @param temperature 0 to 2
 * @param topP 0 to 1
 * @param topK 0 = all
 * @param minP 0 to 1
 * @param presencePenalty −2 to 2
 * @param frequencyPenalty −2 to 2
 * @param bias by token id, −100 to 100
 * @param seed or null for a random one
 * @param stops up to 16 strings
 * @param choices 1 to 8
 * @param stream whether tokens are sent as they come
 */
record Common(
    String model,
    @Nullable Integer maxTokens,
    float temperature,
    float topP,
    int topK,
    float minP,
    float presencePenalty,
    float frequencyPenalty,
    Map<Integer, Float> bias,
    @Nullable Long seed,
    List<String> stops,
    int choices,
    boolean stream) {
  private static final double DEFAULT_TEMPERATURE = 0.6;
  private static final double DEFAULT_TOP_P = 0.95;
  private static final int CHOICES_MAX = 8;
  private static final int STOPS_MAX = 16;
  private static final int STOP_BYTES_MAX = 256;
  private static final int BIAS_MAX = 300;
  private static final int BIAS_VALUE_MAX = 100;

  static Common of(Fields fields) {
    Long shortName = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
    Long longName = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
    if (shortName != null && longName != null && !shortName.equals(longName)) {
      throw ServiceException.invalidValue(
          "max_completion_tokens", "It means the same as 'max_tokens', but differs from it.");
    }
    Long cap = longName == null ? shortName : longName;
    Long topK = fields.integer("top_k", -1, Integer.MAX_VALUE);
    Long choices = fields.integer("n", 1, CHOICES_MAX);
    return new Common(
        fields.text("model"),
        cap == null ? null : cap.intValue(),
        (float) fields.number("temperature", DEFAULT_TEMPERATURE, 0, 2),
        (float) fields.number("top_p", DEFAULT_TOP_P, 0, 1),
        topK == null ? 0 : (int) Math.max(0, topK),
        (float) fields.number("min_p", 0, 0, 1),
        (float) fields.number("presence_penalty", 0, -2, 2),
        (float) fields.number("frequency_penalty", 0, -2, 2),
        bias(fields.optional("logit_bias")),
        fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE),
        stops(fields.optional("stop")),
        choices == null ? 1 : choices.intValue(),
        fields.flag("stream"));
  }

  /** The same with another cap. */
  Common withMaxTokens(int cap) {
    return new Common(
        model,
        cap,
        temperature,
        topP,
        topK,
        minP,
        presencePenalty,
        frequencyPenalty,
        bias,
        seed,
        stops,
        choices,
        stream);
  }

  /** For the engine, with as many alternatives told per token; −1 = none and no logprob. */
  Wishes wishes(int topLogprobs) {
    return new Wishes(
        topK,
        minP,
        presencePenalty,
        frequencyPenalty,
        bias,
        topLogprobs,
        /* shape= */ null,
        /* timeout= */ null);
  }

  private static Map<Integer, Float> bias(@Nullable JsonNode value) {
    if (value == null) {
      return Map.of();
    }
    if (!value.isObject()) {
      throw Fields.wrongType("logit_bias", "an object of numbers by token id");
    }
    var bias = new HashMap<Integer, Float>();
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      JsonNode number = entry.getValue();
      if (!number.isNumber() || !entry.getKey().matches("[0-9]{1,9}")) {
        throw Fields.wrongType("logit_bias", "an object of numbers by token id");
      }
      if (!(Math.abs(number.asDouble()) <= BIAS_VALUE_MAX)) {
        throw ServiceException.invalidValue("logit_bias", "A bias must be -100 to 100.");
      }
      bias.put(Integer.valueOf(entry.getKey()), (float) number.asDouble());
    }
    if (bias.size() > BIAS_MAX) {
      throw ServiceException.invalidValue("logit_bias", "There may be a bias for 300 tokens.");
    }
    return bias;
  }

  private static List<String> stops(@Nullable JsonNode value) {
    if (value == null) {
      return List.of();
    }
    var stops = new ArrayList<String>();
    if (value.isArray()) {
      value.forEach(stop -> stops.add(stop(stop)));
    } else {
      stops.add(stop(value));
    }
    if (stops.size() > STOPS_MAX) {
      throw ServiceException.invalidValue("stop", "'stop' must have at most 16 strings.");
    }
    return List.copyOf(stops);
  }

  private static String stop(JsonNode value) {
    if (!value.isString()) {
      throw Fields.wrongType("stop", "a string or an array of strings");
    }
    int bytes = value.asString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > STOP_BYTES_MAX) {
      throw ServiceException.invalidValue("stop", "A stop string must have 1 to 256 bytes.");
    }
    return value.asString();
  }
}
