package io.r1platform.api.billing;

import io.r1platform.api.observability.RequestTraces;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** Makes the gateway's client of billing-service for the simulation. */
public final class BillingClients {
  private BillingClients() {}

  /** A client with the token in {@code tokenFile}, over a wire that the simulation holds. */
  public static BillingClient of(HttpClient wire, Path tokenFile) {
    var settings =
        new BillingSettings(
            URI.create("http://billing.invalid"), tokenFile, Duration.ofSeconds(10));
    return new BillingClient(settings, Clock.systemUTC(), () -> wire, RequestTraces.OFF);
  }
}
