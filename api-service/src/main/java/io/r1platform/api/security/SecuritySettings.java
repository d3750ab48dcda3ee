package io.r1platform.api.security;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code r1.api.security.*}.
 *
 * @param origins origins that may write besides the address that a request came to, for instance
 *     {@code https://r1.example.com} where a proxy ends TLS
 * @param trustedProxies addresses or networks ({@code 10.0.0.0/8}) of proxies whose {@code
 *     X-Forwarded-For} names the client; login attempts and the audit trail then go by the client
 */
@ConfigurationProperties("r1.api.security")
record SecuritySettings(
    @DefaultValue({}) List<String> origins, @DefaultValue({}) List<String> trustedProxies) {
  SecuritySettings {
    origins = List.copyOf(origins);
    trustedProxies = List.copyOf(trustedProxies);
    TrustedProxies.of(trustedProxies); // fails at the start where one is none
    for (String origin : origins) {
      if (!origin.matches("https?://[a-z0-9.\\[\\]:-]+")) {
        throw new IllegalArgumentException(
            "r1.api.security.origins: '%s' is not scheme://host[:port] in lower case"
                .formatted(origin));
      }
    }
  }
}
