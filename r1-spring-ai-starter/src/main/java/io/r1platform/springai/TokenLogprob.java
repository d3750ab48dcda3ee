package io.r1platform.springai;

import java.util.List;

/**
 * How likely one output token was, by the raw logits. The generation metadata has a list of them
 * under "logprobs", in the order of the output, markers and the end token included.
 *
 * @param id the token
 * @param text its bytes as UTF-8; U+FFFD where a character spans tokens
 * @param logprob its natural logarithm
 * @param reasoning whether it belongs to the reasoning
 * @param alternatives the likeliest tokens there, the likeliest first; the token may be among them
 */
public record TokenLogprob(
    int id, String text, float logprob, boolean reasoning, List<Alternative> alternatives) {
  /** Another token in its place. */
  public record Alternative(int id, String text, float logprob) {}

  /** Takes a copy. */
  public TokenLogprob {
    alternatives = List.copyOf(alternatives);
  }
}
