package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.Wishes;
import io.r1platform.prompts.ChatMessage;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A chat completion as the caller asks for it.
 *
 * @param common what raw completions have too
 * @param messages the conversation; the last is the user's or a tool's
 * @param tools what may be called, and how
 * @param format what the answer must be
 * @param topLogprobs alternatives told with each token; −1 = no logprobs
 * @param ignored names of fields that have no meaning here
 */
record ChatRequest(
    Common common,
    List<ChatMessage> messages,
    Tools tools,
    AnswerFormat format,
    int topLogprobs,
    List<String> ignored) {
  private static final int TOP_LOGPROBS_MAX = 20;

  static final Set<String> KNOWN =
      Set.of(
          "model",
          "messages",
          "max_tokens",
          "max_completion_tokens",
          "temperature",
          "top_p",
          "top_k",
          "min_p",
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
    Tools tools = Tools.of(fields);
    AnswerFormat format = AnswerFormat.of(fields);
    if (tools.any() && format.constrains()) {
      throw Fields.unsupported(
          "response_format", "An answer of a format cannot call tools: send one of the two.");
    }
    return new ChatRequest(
        Common.of(fields),
        Messages.of(fields.required("messages")),
        tools,
        format,
        topLogprobs(fields),
        ignored(fields, KNOWN));
  }

  private static int topLogprobs(Fields fields) {
    Long top = fields.integer("top_logprobs", 0, TOP_LOGPROBS_MAX);
    if (!fields.flag("logprobs")) {
      if (top != null && top > 0) {
        throw ServiceException.invalidValue(
            "top_logprobs", "'top_logprobs' needs 'logprobs': true.");
      }
      return Wishes.NO_LOGPROBS;
    }
    return top == null ? 0 : top.intValue();
  }

  static List<String> ignored(Fields fields, Set<String> known) {
    var unknown = new TreeSet<String>(fields.object().propertyNames());
    unknown.removeAll(known);
    return List.copyOf(unknown);
  }
}
