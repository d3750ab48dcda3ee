package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks services whether they are ready. */
public final class Probe {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final Ports ports;

  /** Probes the services at these ports. */
  public Probe(Ports ports) {
    this.ports = ports;
  }

  /**
   * Whether that service says within two seconds that it is ready; on its management port, since
   * the other may want a certificate of who asks.
   */
  public boolean isReady(Part part) {
    var request =
        HttpRequest.newBuilder(
                URI.create(ports.url(part.managementPort()) + "/actuator/health/readiness"))
            .timeout(PATIENCE)
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
