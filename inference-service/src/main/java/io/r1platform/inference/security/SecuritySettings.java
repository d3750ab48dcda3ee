package io.r1platform.inference.security;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who may call.
 *
 * @param tokenFile tokens of the callers, one or two lines
 */
@ConfigurationProperties("r1.inference.security")
record SecuritySettings(Path tokenFile) {
  SecuritySettings {
    java.util.Objects.requireNonNull(tokenFile, "r1.inference.security.token-file must be set");
  }
}
