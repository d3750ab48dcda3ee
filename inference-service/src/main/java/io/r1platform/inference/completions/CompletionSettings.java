package io.r1platform.inference.completions;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How completions are served.
 *
 * @param keepAlive silence after which a waiting client gets a comment or an empty line
 * @param bodyBytesMax longest request body
 */
@ConfigurationProperties("r1.inference.completions")
record CompletionSettings(
    @DefaultValue("10s") Duration keepAlive, @DefaultValue("4194304") int bodyBytesMax) {
  CompletionSettings {
    if (!keepAlive.isPositive() || bodyBytesMax < 1) {
      throw new IllegalArgumentException(
          "r1.inference.completions: keep-alive and body-bytes-max must be positive");
    }
  }
}
