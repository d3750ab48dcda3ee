package io.r1platform.engine;

/**
 * How the next token is chosen from the logits, in this order: top-k, top-p, min-p, temperature, a
 * draw. The draw follows from {@code seed} and the token's index alone, so the same request gives
 * the same tokens whatever runs beside it.
 *
 * @param temperature 0 = always the likeliest token, to 100
 * @param topP keep the likeliest tokens up to this probability in all, above 0 to 1; 1 = all
 * @param topK keep this many of the likeliest; 0 = all
 * @param minP drop what is less likely than this share of the likeliest, 0 to 1
 * @param seed any number
 */
public record Sampling(float temperature, float topP, int topK, float minP, long seed) {

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
  }

  /** Always the likeliest token. */
  public static Sampling greedy() {
    return new Sampling(0, 1, 0, 0, 0);
  }

  /** A draw at this temperature and top-p, from this seed. */
  public static Sampling of(float temperature, float topP, long seed) {
    return new Sampling(temperature, topP, 0, 0, seed);
  }
}
