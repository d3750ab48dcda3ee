package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.prompts.ChatMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A chat completion as the caller asks for it.
 *
 * @param model the model's name as given
 * @param messages the conversation; the last is the user's
 * @param maxTokens the caller's cap, or null
 * @param temperature 0 to 2
 * @param topP 0 to 1
 * @param seed or null for a random one
 * @param stops up to 16 strings
 * @param stream whether tokens are sent as they come
 * @param ignored names of fields that have no meaning here
 */
record ChatRequest(
    String model,
    List<ChatMessage> messages,
    @Nullable Integer maxTokens,
    float temperature,
    float topP,
    @Nullable Long seed,
    List<String> stops,
    boolean stream,
    List<String> ignored) {
  private static final double DEFAULT_TEMPERATURE = 0.6;
  private static final double DEFAULT_TOP_P = 0.95;
  private static final int STOPS_MAX = 16;
  private static final int STOP_BYTES_MAX = 256;

  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "messages",
          "max_tokens",
          "max_completion_tokens",
          "temperature",
          "top_p",
          "presence_penalty",
          "frequency_penalty",
          "stop",
          "n",
          "seed",
          "logprobs",
          "top_logprobs",
          "logit_bias",
          "response_format",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "stream",
          "stream_options",
          "max_cost",
          "metadata",
          "user",
          "safety_identifier",
          "user_id",
          "prompt_cache_key",
          "service_tier",
          "thinking",
          "reasoning_effort",
          "name",
          "store",
          "verbosity",
          "prediction",
          "prompt_cache_options",
          "prompt_cache_retention",
          "include_obfuscation");

  static ChatRequest of(Fields fields) {
    Unsupported.refuse(fields);
    Long shortName = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
    Long longName = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
    if (shortName != null && longName != null && !shortName.equals(longName)) {
      throw ServiceException.invalidValue(
          "max_completion_tokens", "It means the same as 'max_tokens', but differs from it.");
    }
    Long cap = longName == null ? shortName : longName;
    return new ChatRequest(
        fields.text("model"),
        Messages.of(fields.required("messages")),
        cap == null ? null : cap.intValue(),
        (float) fields.number("temperature", DEFAULT_TEMPERATURE, 0, 2),
        (float) fields.number("top_p", DEFAULT_TOP_P, 0, 1),
        fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE),
        stops(fields.optional("stop")),
        fields.flag("stream"),
        ignored(fields));
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

  private static List<String> ignored(Fields fields) {
    var unknown = new TreeSet<String>(fields.object().propertyNames());
    unknown.removeAll(KNOWN);
    return List.copyOf(unknown);
  }
}
