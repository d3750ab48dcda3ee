package io.r1platform.api.prices;

/**
 * Token counts by price class, none negative.
 *
 * @param hit prompt tokens found in the cache
 * @param miss other prompt tokens
 * @param reasoning output up to and with the end of reasoning
 * @param answer other output
 */
public record Tokens(int hit, int miss, int reasoning, int answer) {
  /** No tokens. */
  public static final Tokens NONE = new Tokens(0, 0, 0, 0);

  public Tokens {
    if (hit < 0 || miss < 0 || reasoning < 0 || answer < 0) {
      throw new IllegalArgumentException("negative token count");
    }
  }

  /** Prompt tokens. */
  public int input() {
    return Math.addExact(hit, miss);
  }

  /** Generated tokens. */
  public int output() {
    return Math.addExact(reasoning, answer);
  }
}
