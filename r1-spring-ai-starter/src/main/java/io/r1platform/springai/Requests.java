package io.r1platform.springai;

import io.r1platform.engine.Constraint;
import io.r1platform.engine.GenerationRequest;
import io.r1platform.engine.Sampling;
import io.r1platform.prompts.ToolUse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns options into what the engine takes. */
final class Requests {
  private static final long OWN_SALT = 1; // one application, one owner of the prefix cache
  private final Duration deadline;
  private final SecureRandom random = new SecureRandom();

  Requests(Duration deadline) {
    this.deadline = deadline;
  }

  /**
   * A request.
   *
   * @throws R1Exception INVALID for an option out of range, CONTEXT_LENGTH if no room is left
   */
  GenerationRequest of(
      long id, int[] prompt, R1ChatOptions options, ToolUse tools, Vocabulary vocabulary) {
    int room = vocabulary.contextTokens() - prompt.length;
    if (room < 1) {
      throw new R1Exception(
          R1Exception.Reason.CONTEXT_LENGTH,
          "The prompt has %d tokens, the context %d"
              .formatted(prompt.length, vocabulary.contextTokens()));
    }
    Integer asked = options.getMaxTokens();
    try {
      GenerationRequest request =
          GenerationRequest.greedy(id, prompt, Math.min(room, asked == null ? room : asked))
              .withSampling(sampling(options))
              .withDeadline(deadline)
              .withCacheSalt(OWN_SALT);
      Integer logprobs = options.getTopLogprobs();
      if (logprobs != null) {
        request = request.withLogprobs(logprobs);
      }
      String schema =
          tools.form() == ToolUse.Form.NAMED
              ? tools.tools().getFirst().parameters()
              : options.getOutputSchema();
      return schema == null
          ? request
          : request.withConstraint(
              new Constraint.JsonSchema(schema), vocabulary.template().thinkCloseId());
    } catch (IllegalArgumentException e) {
      throw R1Exception.invalid(String.valueOf(e.getMessage()));
    }
  }

  private Sampling sampling(R1ChatOptions options) {
    Long seed = options.getSeed();
    Integer topK = options.getTopK();
    return new Sampling(
        number(options.getTemperature(), 0),
        number(options.getTopP(), 1),
        topK == null ? 0 : topK,
        number(options.getMinP(), 0),
        seed == null ? random.nextLong() : seed,
        new Sampling.Penalties(
            1, number(options.getPresencePenalty(), 0), number(options.getFrequencyPenalty(), 0)),
        Map.of());
  }

  private static float number(@Nullable Double value, float absent) {
    return value == null ? absent : value.floatValue();
  }
}
