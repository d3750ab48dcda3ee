package io.r1platform.inference.queue;

/**
 * Who asks, as far as fairness goes. The keys are opaque.
 *
 * @param organization shares by weight with other organizations
 * @param project shares equally with other projects of its organization
 * @param weight tokens it gets for each token of weight 1: 1 to 100; the latest one counts
 * @param serviceClass which of the two queues
 */
public record Share(String organization, String project, int weight, ServiceClass serviceClass) {
  /** Largest weight. */
  public static final int WEIGHT_MAX = 100;

  /** Of a caller that tells nothing of itself. */
  public static final Share UNNAMED = new Share("", "", 1, ServiceClass.INTERACTIVE);

  /** Checks the weight. */
  public Share {
    if (weight < 1 || weight > WEIGHT_MAX) {
      throw new IllegalArgumentException("a weight is 1 to " + WEIGHT_MAX + ", not " + weight);
    }
  }
}
