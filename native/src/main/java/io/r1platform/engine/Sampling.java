package io.r1platform.engine;

import java.util.Map;

/**
 * How the next token is chosen from the logits, in this order: penalties, bias, top-k, top-p,
 * min-p, temperature, a draw. The draw follows from {@code seed} and the token's index alone, so
 * the same request gives the same tokens whatever runs beside it.
 *
 * @param temperature 0 = always the likeliest token, to 100
 * @param topP keep the likeliest tokens up to this probability in all, above 0 to 1; 1 = all
 * @param topK keep this many of the likeliest; 0 = all
 * @param minP drop what is less likely than this share of the likeliest, 0 to 1
 * @param seed any number
 * @param penalties what repeating costs
 * @param bias what is added to the logits of up to 300 ids, up to 1,000; −∞ bans
 */
public record Sampling(
    float temperature,
    float topP,
    int topK,
    float minP,
    long seed,
    Penalties penalties,
    Map<Integer, Float> bias) {
  private static final int BIAS_MAX = 300;
  private static final float BIAS_VALUE_MAX = 1_000;

  /**
   * What repeating costs.
   *
   * @param repetition divides positive logits and multiplies negative ones of every token in prompt
   *     or output, above 0 to 10; 1 = off
   * @param presence is subtracted for every token in the output, −2 to 2
   * @param frequency is subtracted each time a token is in the output, −2 to 2
   */
  public record Penalties(float repetition, float presence, float frequency) {
    /** Nothing. */
    public static final Penalties NONE = new Penalties(1, 0, 0);

    /** Checks the ranges; NaN is refused. */
    public Penalties {
      if (!(repetition > 0 && repetition <= 10)) {
        throw new IllegalArgumentException("repetition must be above 0 to 10, is " + repetition);
      }
      if (!(Math.abs(presence) <= 2 && Math.abs(frequency) <= 2)) {
        throw new IllegalArgumentException("presence and frequency must be −2 to 2");
      }
    }
  }

  /** Checks the ranges; NaN is refused. */
  public Sampling {
    if (!(temperature >= 0 && temperature <= 100)) {
      throw new IllegalArgumentException("temperature must be 0 to 100, is " + temperature);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("topP must be above 0 and at most 1, is " + topP);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("topK must not be negative, is " + topK);
    }
    if (!(minP >= 0 && minP <= 1)) {
      throw new IllegalArgumentException("minP must be 0 to 1, is " + minP);
    }
    bias = Map.copyOf(bias);
    if (bias.size() > BIAS_MAX || !bias.values().stream().allMatch(v -> v <= BIAS_VALUE_MAX)) {
      throw new IllegalArgumentException("bias must be of at most 300 ids, each up to 1000");
    }
  }

  /** Without penalties and bias. */
  public Sampling(float temperature, float topP, int topK, float minP, long seed) {
    this(temperature, topP, topK, minP, seed, Penalties.NONE, Map.of());
  }

  /** Always the likeliest token. */
  public static Sampling greedy() {
    return new Sampling(0, 1, 0, 0, 0);
  }

  /** A draw at this temperature and top-p, from this seed. */
  public static Sampling of(float temperature, float topP, long seed) {
    return new Sampling(temperature, topP, 0, 0, seed);
  }

  /** The same with penalties. */
  public Sampling withPenalties(Penalties other) {
    return new Sampling(temperature, topP, topK, minP, seed, other, bias);
  }

  /** The same with a bias. */
  public Sampling withBias(Map<Integer, Float> other) {
    return new Sampling(temperature, topP, topK, minP, seed, penalties, other);
  }
}
