package io.r1platform.eval;

import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whom a run asks, as whom, and for how much. */
final class Asking {
  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "The platform (R1_URL, http://127.0.0.1:8080).")
  private @Nullable String baseUrl;

  @Option(
      names = "--key",
      description = "A tenant's key; no default (better by the environment: R1_KEY).")
  private @Nullable String key;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "r1-nano",
      description = "The model (r1-nano).")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String model;

  @Option(
      names = "--max-cost",
      paramLabel = "AMOUNT",
      description =
          "Stop before more than this could be charged: a decimal amount in the account's"
              + " currency (no limit but the quote).")
  private @Nullable BigDecimal maxCost;

  @Option(
      names = "--at-once",
      paramLabel = "N",
      defaultValue = "8",
      description = "Requests at a time, 1 to 256 (8).")
  private int atOnce;

  @Option(names = "--yes", description = "Accept the quote without being asked (asks).")
  private boolean yes;

  /** Refuses what is out of range. */
  void check() {
    if (atOnce < 1 || atOnce > 256) {
      throw new IllegalArgumentException("--at-once must be 1 to 256");
    }
    if (maxCost != null && maxCost.signum() <= 0) {
      throw new IllegalArgumentException("--max-cost must be more than 0");
    }
  }

  String model() {
    return model;
  }

  @Nullable BigDecimal maxCost() {
    return maxCost;
  }

  int atOnce() {
    return atOnce;
  }

  boolean yes() {
    return yes;
  }

  /** The API's base URL with its path. */
  String v1(Map<String, String> environment) {
    String url =
        baseUrl != null ? baseUrl : environment.getOrDefault("R1_URL", "http://127.0.0.1:8080");
    String bare = url.replaceFirst("/+$", "");
    return bare.endsWith("/v1") ? bare : bare + "/v1";
  }

  String key(Map<String, String> environment) {
    String found = key != null ? key : environment.getOrDefault("R1_KEY", "");
    if (found.isBlank()) {
      throw new IllegalArgumentException("a tenant's key is needed: --key, or R1_KEY");
    }
    return found;
  }
}
