package io.r1platform.api.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateHeadersTests {
  @ParameterizedTest
  @CsvSource({
    "0, 0ms",
    "12000000, 12ms",
    "999000001, 1s",
    "1500000000, 1.5s",
    "8640000000, 8.64s",
    "60000000000, 1m0s",
    "61250000000, 1m1.25s",
    "360000000000, 6m0s"
  })
  void timesReadAsOpenAis(long nanos, String text) {
    assertThat(RateHeaders.text(Duration.ofNanos(nanos))).isEqualTo(text);
  }

  @Test
  void eachKindShowsTheLimitOfWhichTheLeastRemains() {
    Map<String, String> headers = new LinkedHashMap<>();
    RateHeaders.write(
        List.of(
            rate(Kind.REQUESTS, "organization", true, 100, 3),
            rate(Kind.REQUESTS, "key", true, 5, 4),
            rate(Kind.TOKENS, "project", false, 10, 1),
            rate(Kind.TOKENS, "key", true, 900, 20)),
        headers);
    assertThat(headers)
        .containsEntry("x-ratelimit-limit-requests", "100")
        .containsEntry("x-ratelimit-remaining-requests", "3")
        .containsEntry("x-ratelimit-remaining-tokens", "20")
        .containsEntry("x-ratelimit-scope", "requests=organization, tokens=key");
  }

  private static RateHeaders rate(Kind kind, String scope, boolean known, long limit, long left) {
    return new RateHeaders(kind, scope, known, limit, left, Duration.ZERO);
  }
}
