package io.r1platform.springai;

import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.metadata.Usage;

/**
 * Exact counts of one call, also of one that was cancelled or failed: the native usage of Spring
 * AI's {@link Usage}.
 *
 * @param prompt prompt tokens
 * @param cached prompt tokens taken from the prefix cache, part of {@code prompt}
 * @param output output tokens, reasoning and end token included
 * @param reasoning output tokens up to {@code </think>}, inclusive; part of {@code output}
 * @param queueMillis from submit to start
 * @param firstTokenMillis from submit to the first token
 */
public record R1Usage(
    int prompt, int cached, int output, int reasoning, long queueMillis, long firstTokenMillis) {
  static final R1Usage NONE = new R1Usage(0, 0, 0, 0, 0, 0);

  /** As Spring AI has it. */
  Usage springUsage() {
    return new DefaultUsage(prompt, output, prompt + output, this, (long) cached, null);
  }
}
