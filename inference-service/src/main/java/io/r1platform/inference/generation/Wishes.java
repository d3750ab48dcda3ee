package io.r1platform.inference.generation;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What few requests ask beside a cap, temperature, top-p and seed.
 *
 * @param topK keep this many of the likeliest tokens; 0 = all
 * @param minP drop what is less likely than this share of the likeliest, 0 to 1
 * @param presencePenalty subtracted for every token in the output, −2 to 2
 * @param frequencyPenalty subtracted each time a token is in the output, −2 to 2
 * @param bias added to the logits of up to 300 ids
 * @param topLogprobs alternatives told with each token, 0 to 20; {@link #NO_LOGPROBS} = not even
 *     its own logprob
 * @param shape what the answer must be, or null
 * @param timeout the caller's own limit from the request's arrival: the answer then ends as at its
 *     cap; null = none but the service's
 */
public record Wishes(
    int topK,
    float minP,
    float presencePenalty,
    float frequencyPenalty,
    Map<Integer, Float> bias,
    int topLogprobs,
    @Nullable AnswerShape shape,
    @Nullable Duration timeout) {
  /** For {@code topLogprobs}. */
  public static final int NO_LOGPROBS = -1;

  /** Nothing. */
  public static final Wishes NONE = new Wishes(0, 0, 0, 0, Map.of(), NO_LOGPROBS, null, null);

  /** Takes a copy. */
  public Wishes {
    bias = Map.copyOf(bias);
  }

  /** The same with another shape. */
  public Wishes with(@Nullable AnswerShape other) {
    return new Wishes(
        topK, minP, presencePenalty, frequencyPenalty, bias, topLogprobs, other, timeout);
  }

  /** The same with another limit of its caller's. */
  public Wishes within(@Nullable Duration other) {
    return new Wishes(
        topK, minP, presencePenalty, frequencyPenalty, bias, topLogprobs, shape, other);
  }

  boolean penalizes() {
    return presencePenalty != 0 || frequencyPenalty != 0;
  }
}
