package io.r1platform.eval.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The percentile bootstrap over clusters: whole problems are drawn, with all their samples, because
 * samples of one problem resemble each other.
 */
public final class Bootstrap {
  /** How often is drawn. */
  public static final int DRAWS = 10_000;

  private Bootstrap() {}

  /**
   * The mean of clusters of equal weight. Where all clusters are alike, the bootstrap would claim
   * certainty; then Wilson's interval over the clusters stands in.
   */
  public static Interval mean(double[] clusters, long seed) {
    double mean = Arrays.stream(clusters).average().orElse(0);
    boolean alike = Arrays.stream(clusters).distinct().count() <= 1;
    if (alike) {
      return Interval.wilson(mean * clusters.length, clusters.length);
    }
    var random = new Random(seed);
    double[] means = new double[DRAWS];
    for (int draw = 0; draw < DRAWS; draw++) {
      double sum = 0;
      for (int i = 0; i < clusters.length; i++) {
        sum += clusters[random.nextInt(clusters.length)];
      }
      means[draw] = sum / clusters.length;
    }
    return between(mean, means);
  }

  /** Any figure of a list, over {@code draws} draws of as many items with replacement. */
  public static <T> Interval of(
      List<T> items, ToDoubleFunction<List<T>> figure, int draws, long seed) {
    var random = new Random(seed);
    double[] figures = new double[draws];
    for (int draw = 0; draw < draws; draw++) {
      List<T> drawn =
          IntStream.range(0, items.size())
              .mapToObj(_ -> items.get(random.nextInt(items.size())))
              .toList();
      figures[draw] = figure.applyAsDouble(drawn);
    }
    return between(figure.applyAsDouble(items), figures);
  }

  private static Interval between(double value, double[] drawn) {
    Arrays.sort(drawn);
    int low = (int) Math.floor(0.025 * (drawn.length - 1));
    int high = (int) Math.ceil(0.975 * (drawn.length - 1));
    return new Interval(value, drawn[low], drawn[high]);
  }
}
