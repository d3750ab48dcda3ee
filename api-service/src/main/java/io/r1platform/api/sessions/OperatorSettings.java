package io.r1platform.api.sessions;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code r1.api.operator.*}.
 *
 * @param email of the bootstrap operator
 * @param passwordFile the bootstrap operator's password, one line; without it none is made
 * @param passwordLogin whether anybody logs in by password; off once people log in by OIDC
 * @param attemptWindow failed logins count for this long
 * @param attempts failed logins for one e-mail address from one client address
 * @param attemptsPerAddress failed logins from one client address
 * @param attemptsPerEmail failed logins for one e-mail address
 */
@ConfigurationProperties("r1.api.operator")
record OperatorSettings(
    @DefaultValue("operator@localhost") String email,
    @Nullable Path passwordFile,
    @DefaultValue("true") boolean passwordLogin,
    @DefaultValue("15m") Duration attemptWindow,
    @DefaultValue("5") int attempts,
    @DefaultValue("20") int attemptsPerAddress,
    @DefaultValue("50") int attemptsPerEmail) {
  OperatorSettings {
    if (attempts < 1 || attemptsPerAddress < attempts || attemptsPerEmail < attempts) {
      throw new IllegalArgumentException(
          "r1.api.operator: attempts start at 1 and stay below those per address and e-mail");
    }
  }
}
