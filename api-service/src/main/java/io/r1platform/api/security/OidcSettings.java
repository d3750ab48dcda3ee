package io.r1platform.api.security;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code r1.api.oidc.*}.
 *
 * @param issuer the identity provider, which has {@code /.well-known/openid-configuration}
 * @param clientId of this console there; without it nobody logs in by OIDC
 * @param clientSecretFile its secret, one line; without it the client is a public one
 * @param scopes that a login asks for
 * @param baseUrl address of this site for browsers, where a proxy ends TLS; else that of the
 *     request
 * @param groupsClaim the claim that holds a person's or a machine's groups, a list of strings
 * @param audience of machines' access tokens; without it none is taken
 * @param machineClients ids of the clients there whose access tokens are machines', at which nobody
 *     logs in; without any, a token whose subject is its client itself
 */
@ConfigurationProperties("r1.api.oidc")
record OidcSettings(
    @Nullable String issuer,
    @Nullable String clientId,
    @Nullable Path clientSecretFile,
    @DefaultValue({"openid", "email", "profile"}) List<String> scopes,
    @Nullable String baseUrl,
    @DefaultValue("groups") String groupsClaim,
    @Nullable String audience,
    @DefaultValue List<String> machineClients) {
  OidcSettings {
    scopes = List.copyOf(scopes);
    machineClients = List.copyOf(machineClients);
    if (issuer == null && (clientId != null || audience != null)) {
      throw new IllegalArgumentException("r1.api.oidc: client-id and audience need an issuer");
    }
    if (clientId != null && !scopes.contains("openid")) {
      throw new IllegalArgumentException("r1.api.oidc.scopes: openid is missing");
    }
    if (audience != null && audience.equals(clientId)) {
      throw new IllegalArgumentException(
          "r1.api.oidc.audience: machines need another audience than client-id, else a person's"
              + " login could be used as a machine's token");
    }
    if (clientId != null && machineClients.contains(clientId)) {
      throw new IllegalArgumentException(
          "r1.api.oidc.machine-clients: people log in at client-id, so its tokens are no machine's");
    }
  }
}
