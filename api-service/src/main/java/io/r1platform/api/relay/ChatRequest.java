package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.money.Pico;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the gateway must know of a chat completion; the engine reads the rest from the same bytes.
 *
 * @param model name or alias, as the client wrote it
 * @param maxTokens the client's cap on output tokens, null if it has none
 * @param maxCost the most that the client will pay, null if it set no bound
 * @param stream whether events are wanted
 * @param includeUsage whether the stream shall end with the usage
 * @param ignored names of top-level fields that have no effect here
 */
record ChatRequest(
    String model,
    @Nullable Integer maxTokens,
    @Nullable Pico maxCost,
    boolean stream,
    boolean includeUsage,
    List<String> ignored) {
  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "messages",
          "max_tokens",
          "max_completion_tokens",
          "max_cost",
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
          "metadata",
          "user",
          "safety_identifier",
          "user_id",
          "prompt_cache_key",
          "service_tier",
          "thinking",
          "reasoning_effort");
  private static final Set<String> UNSUPPORTED =
      Set.of("functions", "function_call", "audio", "web_search_options", "moderation");

  /** Reads and checks a body. Throws a 400 or 422 that names the field. */
  static ChatRequest parse(byte[] body, JsonMapper json) {
    JsonNode root = read(body, json);
    if (!root.isObject()) {
      throw ServiceException.of(
          ErrorCode.INVALID_JSON, "The body must be a JSON object. Nothing was charged.");
    }
    for (String field : UNSUPPORTED) {
      if (root.has(field)) {
        throw ServiceException.about(
            ErrorCode.UNSUPPORTED_PARAMETER,
            field,
            "'" + field + "' is not supported. Leave it out.");
      }
    }
    String model = text(root, "model");
    checkMessages(root.path("messages"));
    boolean stream = flag(root, "stream", "stream");
    return new ChatRequest(
        model, cap(root), maxCost(root), stream, includeUsage(root), ignored(root));
  }

  private static JsonNode read(byte[] body, JsonMapper json) {
    try {
      return json.readTree(body);
    } catch (JacksonException e) {
      throw ServiceException.of(
          ErrorCode.INVALID_JSON,
          "The body is not JSON: " + e.getOriginalMessage() + ". Nothing was charged.");
    }
  }

  private static String text(JsonNode root, String field) {
    JsonNode value = root.path(field);
    if (value.isMissingNode() || value.isNull()) {
      throw missing(field);
    }
    if (!value.isString()) {
      throw wrongType(field, "a string");
    }
    return value.asString();
  }

  private static void checkMessages(JsonNode messages) {
    if (messages.isMissingNode() || messages.isNull()) {
      throw missing("messages");
    }
    if (!messages.isArray()) {
      throw wrongType("messages", "an array");
    }
    if (messages.isEmpty()) {
      throw missing("messages");
    }
    JsonNode role = messages.get(messages.size() - 1).path("role");
    if (!role.isString()) {
      throw missing("messages[%d].role".formatted(messages.size() - 1));
    }
    if (!role.asString().equals("user") && !role.asString().equals("tool")) {
      throw ServiceException.about(
          ErrorCode.UNSUPPORTED_VALUE,
          "messages",
          "The last message must have the role user or tool.");
    }
  }

  private static @Nullable Integer cap(JsonNode root) {
    Integer tokens = positive(root, "max_tokens");
    Integer completion = positive(root, "max_completion_tokens");
    if (tokens != null && completion != null && !tokens.equals(completion)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "max_tokens",
          "max_tokens and max_completion_tokens mean the same and differ. Send one.");
    }
    return tokens != null ? tokens : completion;
  }

  private static @Nullable Pico maxCost(JsonNode root) {
    JsonNode value = root.path("max_cost");
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw wrongType("max_cost", "a decimal string, for instance \"0.05\"");
    }
    try {
      return Pico.ofDecimal(value.asString());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "max_cost",
          "'max_cost' must be a decimal from 0 to 9223372 with at most 12 fraction digits.");
    }
  }

  private static @Nullable Integer positive(JsonNode root, String field) {
    JsonNode value = root.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isIntegralNumber()) {
      throw wrongType(field, "an integer");
    }
    if (!value.canConvertToInt() || value.asInt() < 1) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, field, "'" + field + "' must be at least 1 and fit the model.");
    }
    return value.asInt();
  }

  private static boolean includeUsage(JsonNode root) {
    JsonNode options = root.path("stream_options");
    if (options.isMissingNode() || options.isNull()) {
      return false;
    }
    if (!options.isObject()) {
      throw wrongType("stream_options", "an object");
    }
    return flag(options, "include_usage", "stream_options.include_usage");
  }

  private static boolean flag(JsonNode parent, String field, String param) {
    JsonNode value = parent.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw wrongType(param, "true or false");
    }
    return value.asBoolean();
  }

  private static List<String> ignored(JsonNode root) {
    List<String> ignored = new ArrayList<>();
    for (String field : root.propertyNames()) {
      if (!KNOWN.contains(field) && ignored.size() < 20) {
        ignored.add(field.substring(0, Math.min(64, field.length())).replaceAll("[^\\w.-]", "_"));
      }
    }
    return ignored;
  }

  private static ServiceException missing(String field) {
    return ServiceException.about(
        ErrorCode.MISSING_PARAMETER, field, "'" + field + "' is required. Nothing was charged.");
  }

  private static ServiceException wrongType(String field, String type) {
    return ServiceException.about(
        ErrorCode.INVALID_TYPE, field, "'" + field + "' must be " + type + ".");
  }
}
