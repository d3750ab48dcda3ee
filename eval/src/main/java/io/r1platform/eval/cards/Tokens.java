package io.r1platform.eval.cards;

import io.r1platform.eval.runs.Sample;
import java.util.List;

/**
 * Tokens of a whole run.
 *
 * @param prompt cached ones included
 * @param cached found in the platform's cache
 * @param reasoning before the answer
 * @param answer after it
 */
public record Tokens(long prompt, long cached, long reasoning, long answer) {
  static Tokens of(List<Sample> samples) {
    return new Tokens(
        samples.stream().mapToLong(Sample::promptTokens).sum(),
        samples.stream().mapToLong(Sample::cachedTokens).sum(),
        samples.stream().mapToLong(Sample::reasoningTokens).sum(),
        samples.stream().mapToLong(each -> each.completionTokens() - each.reasoningTokens()).sum());
  }
}
