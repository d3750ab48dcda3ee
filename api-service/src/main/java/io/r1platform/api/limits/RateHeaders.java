package io.r1platform.api.limits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One rate as headers tell it. */
record RateHeaders(Kind kind, String scope, boolean known, long limit, long left, Duration reset) {
  private static final String NAME = "x-ratelimit-";

  static RateHeaders of(Rate rate, long now) {
    return new RateHeaders(
        rate.on.kind(),
        rate.on.scope().wire(),
        rate.isKnown(),
        rate.most(),
        rate.remaining(now),
        rate.reset(now));
  }

  /** Writes the tightest of each kind, as OpenAI names them. */
  static void write(List<RateHeaders> all, Map<String, String> headers) {
    List<String> scopes = new ArrayList<>();
    for (Kind kind : List.of(Kind.REQUESTS, Kind.TOKENS)) {
      tightest(all, kind)
          .ifPresent(
              rate -> {
                String name = kind.stored();
                headers.put(NAME + "limit-" + name, Long.toString(rate.limit));
                headers.put(NAME + "remaining-" + name, Long.toString(rate.left));
                headers.put(NAME + "reset-" + name, text(rate.reset));
                scopes.add(name + "=" + rate.scope);
              });
    }
    if (!scopes.isEmpty()) {
      headers.put(NAME + "scope", String.join(", ", scopes));
    }
  }

  private static Optional<RateHeaders> tightest(List<RateHeaders> all, Kind kind) {
    return all.stream()
        .filter(rate -> rate.kind == kind && rate.known)
        .min(Comparator.comparing(RateHeaders::left).thenComparing(RateHeaders::limit));
  }

  /** As in {@code 12ms}, {@code 1.5s}, {@code 6m0s}. */
  static String text(Duration time) {
    long millis = (time.toNanos() + 999_999) / 1_000_000;
    if (millis < 1_000) {
      return millis + "ms";
    }
    long minutes = millis / 60_000;
    String fraction = millis % 1_000 == 0 ? "" : ".%03d".formatted(millis % 1_000);
    String seconds = millis % 60_000 / 1_000 + fraction.replaceAll("0+$", "") + "s";
    return minutes == 0 ? seconds : minutes + "m" + seconds;
  }
}
