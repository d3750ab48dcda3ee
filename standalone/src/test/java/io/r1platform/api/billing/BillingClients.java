package io.r1platform.api.billing;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** Makes the gateway's client of billing-service for the simulation. */
public final class BillingClients {
  private BillingClients() {}

  /** A client of {@code url} with the token in {@code tokenFile}. */
  public static BillingClient of(URI url, Path tokenFile) {
    return new BillingClient(
        new BillingSettings(url, tokenFile, Duration.ofSeconds(10)), Clock.systemUTC());
  }
}
