package io.r1platform.eval.runs;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a whole run may cost, summed up from the platform's quote of each request.
 *
 * @param requests how many answers are asked
 * @param minimum with all prompts in the cache and one token each
 * @param expected null where the platform has no earlier answers to go by
 * @param maximum what the platform would hold for all of them
 * @param largest the maximum of the dearest single request
 * @param currency such as USD
 * @param priceVersions those that held when the quote was made
 */
public record Quote(
    long requests,
    BigDecimal minimum,
    @Nullable BigDecimal expected,
    BigDecimal maximum,
    BigDecimal largest,
    String currency,
    List<String> priceVersions) {
  /** Takes copies. */
  public Quote {
    priceVersions = List.copyOf(priceVersions);
  }

  /** That of two runs together, in one currency. */
  public Quote plus(Quote other) {
    BigDecimal both =
        expected == null || other.expected == null ? null : expected.add(other.expected);
    return new Quote(
        requests + other.requests,
        minimum.add(other.minimum),
        both,
        maximum.add(other.maximum),
        largest.max(other.largest),
        currency,
        Stream.concat(priceVersions.stream(), other.priceVersions.stream())
            .distinct()
            .sorted()
            .toList());
  }
}
