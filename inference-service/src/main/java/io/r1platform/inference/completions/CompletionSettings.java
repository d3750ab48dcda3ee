package io.r1platform.inference.completions;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How completions are served.
 *
 * @param keepAlive silence after which a waiting client gets a comment or an empty line
 * @param bodyBytesMax longest request body
 * @param connectionThreads threads that read and write all connections; 0 is one for every four
 *     cores. They only pass bytes on: more of them take turns with the engine for its cores, and a
 *     connection waits for each to wake up
 */
@ConfigurationProperties("r1.inference.completions")
record CompletionSettings(
    @DefaultValue("10s") Duration keepAlive,
    @DefaultValue("4194304") int bodyBytesMax,
    @DefaultValue("0") int connectionThreads) {
  CompletionSettings {
    if (!keepAlive.isPositive() || bodyBytesMax < 1 || connectionThreads < 0) {
      throw new IllegalArgumentException(
          "r1.inference.completions: keep-alive and body-bytes-max must be positive, and"
              + " connection-threads not negative");
    }
  }

  /** How many threads connections have on a machine with so many cores. */
  int connectionThreads(int cores) {
    return connectionThreads > 0 ? connectionThreads : Math.max(1, cores / 4);
  }
}
