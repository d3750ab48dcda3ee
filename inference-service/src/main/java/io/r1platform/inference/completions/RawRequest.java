package io.r1platform.inference.completions;

import io.r1platform.inference.generation.Wishes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A raw completion as the caller asks for it: no template, and all output is text.
 *
 * @param common what chat completions have too
 * @param prompt the text to go on from
 * @param topLogprobs alternatives told with each token; −1 = no logprobs
 * @param ignored names of fields that have no meaning here
 */
record RawRequest(Common common, String prompt, int topLogprobs, List<String> ignored) {
  private static final int DEFAULT_MAX_TOKENS = 16;
  private static final int TOP_LOGPROBS_MAX = 5;
  private static final Set<String> OWN = Set.of("prompt", "suffix", "echo", "best_of");
  private static final Set<String> CHAT_ONLY =
      Set.of(
          "messages",
          "response_format",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "top_logprobs",
          "max_completion_tokens");

  static RawRequest of(Fields fields) {
    Unsupported.refuse(fields);
    refuseOthers(fields);
    Long top = fields.integer("logprobs", 0, TOP_LOGPROBS_MAX);
    Common common = Common.of(fields);
    return new RawRequest(
        common.maxTokens() == null ? common.withMaxTokens(DEFAULT_MAX_TOKENS) : common,
        prompt(fields.required("prompt")),
        top == null ? Wishes.NO_LOGPROBS : top.intValue(),
        ignored(fields));
  }

  private static void refuseOthers(Fields fields) {
    Long bestOf = fields.integer("best_of", 1, Integer.MAX_VALUE);
    if (bestOf != null && bestOf > 1) {
      throw Fields.unsupported("best_of", "'best_of' above 1 is not supported: send 'n'.");
    }
    if (fields.flag("echo")) {
      throw Fields.unsupported("echo", "'echo' is not supported.");
    }
    if (fields.optional("suffix") != null) {
      throw Fields.unsupported("suffix", "'suffix' is not supported.");
    }
  }

  private static String prompt(JsonNode value) {
    JsonNode one = value.isArray() && value.size() == 1 ? value.get(0) : value;
    if (one.isString()) {
      return one.asString();
    }
    if (value.isArray()) {
      throw Fields.unsupported("prompt", "Send one prompt, as text.");
    }
    throw Fields.wrongType("prompt", "a string");
  }

  private static List<String> ignored(Fields fields) {
    var known = new HashSet<>(ChatRequest.KNOWN);
    known.removeAll(CHAT_ONLY);
    known.addAll(OWN);
    return ChatRequest.ignored(fields, known);
  }
}
