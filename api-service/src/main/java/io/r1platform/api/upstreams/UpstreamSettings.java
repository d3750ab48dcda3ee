package io.r1platform.api.upstreams;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The servers behind this site's models: our own, and how others are watched.
 *
 * @param inferenceUrl base of each inference-service, without a path; several with commas between
 * @param tokenFile our token for them
 * @param healthEvery pause between two checks of a server's health, give or take a fifth
 * @param healthWait longest wait for the answer to such a check
 * @param breakerWindow so many of a server's last requests are looked at; if half of them failed,
 *     of a quarter of the window at least, its breaker opens
 * @param breakerPause how long an open breaker keeps requests away before two may try again
 * @param loadFactor how far a server may be above the average of outstanding requests, so that a
 *     conversation still goes to where it was: 1.25 is a quarter
 * @param tries most servers that one request is given to, one after the other, as long as none has
 *     begun to answer: 1 to 10
 * @param probeWait longest wait for the answers of one probe
 */
@ConfigurationProperties("r1.api.upstreams")
record UpstreamSettings(
    @DefaultValue("http://127.0.0.1:8090") List<URI> inferenceUrl,
    Path tokenFile,
    @DefaultValue("10s") Duration healthEvery,
    @DefaultValue("3s") Duration healthWait,
    @DefaultValue("20") int breakerWindow,
    @DefaultValue("15s") Duration breakerPause,
    @DefaultValue("1.25") double loadFactor,
    @DefaultValue("3") int tries,
    @DefaultValue("60s") Duration probeWait) {
  private static final int MOST_TRIES = 10;

  UpstreamSettings {
    inferenceUrl = List.copyOf(inferenceUrl);
    if (breakerWindow < 4 || loadFactor < 1 || tries < 1 || tries > MOST_TRIES) {
      throw new IllegalArgumentException(
          "r1.api.upstreams: breaker-window is 4 or more, load-factor 1 or more, tries 1 to 10");
    }
  }
}
