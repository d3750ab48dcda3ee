package io.r1platform.api.upstreams;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server says about its model.
 *
 * @param id the model's name
 * @param context_length most tokens of prompt and output together
 * @param max_output_tokens most output tokens of a request
 * @param default_max_tokens output tokens if the request does not say
 * @param tokenizer_sha256 hash of the tokenizer, 64 hex digits
 * @param capabilities for instance {@code reasoning}
 */
public record ModelCard(
    String id,
    int context_length,
    int max_output_tokens,
    int default_max_tokens,
    @Nullable String tokenizer_sha256,
    @Nullable List<String> capabilities) {

  /** What holds at both of two servers: the smaller limits, what both can do. */
  ModelCard and(ModelCard other) {
    int output = Math.min(max_output_tokens, other.max_output_tokens);
    return new ModelCard(
        id,
        Math.min(context_length, other.context_length),
        output,
        Math.min(output, Math.min(default_max_tokens, other.default_max_tokens)),
        tokenizer_sha256 == null ? other.tokenizer_sha256 : tokenizer_sha256,
        capabilities == null || other.capabilities == null
            ? null
            : capabilities.stream().filter(other.capabilities::contains).toList());
  }
}
