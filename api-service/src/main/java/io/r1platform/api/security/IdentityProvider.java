package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The one identity provider. It is asked for its addresses at the first login, so that the service
 * starts without it, and again until it has answered once.
 */
final class IdentityProvider implements ReactiveClientRegistrationRepository {
  static final String ID = "oidc";
  private static final Logger log = LoggerFactory.getLogger(IdentityProvider.class);

  private final OidcSettings settings;
  private final Scheduler blocking;
  private final AtomicReference<@Nullable ClientRegistration> known = new AtomicReference<>();

  IdentityProvider(OidcSettings settings, Scheduler blocking) {
    this.settings = settings;
    this.blocking = blocking;
  }

  @Override
  public Mono<ClientRegistration> findByRegistrationId(String registrationId) {
    if (!registrationId.equals(ID)) {
      return Mono.empty();
    }
    ClientRegistration before = known.get();
    return before == null
        ? Mono.fromCallable(this::discover).subscribeOn(blocking)
        : Mono.just(before);
  }

  private ClientRegistration discover() {
    try {
      String base = settings.baseUrl() == null ? "{baseUrl}" : settings.baseUrl();
      ClientRegistration.Builder client =
          ClientRegistrations.fromIssuerLocation(Objects.requireNonNull(settings.issuer()))
              .registrationId(ID)
              .clientId(Objects.requireNonNull(settings.clientId()))
              .scope(settings.scopes())
              .redirectUri(base + OidcChain.LOGIN + "/{registrationId}/callback");
      Path secret = settings.clientSecretFile();
      if (secret == null) {
        client.clientAuthenticationMethod(ClientAuthenticationMethod.NONE);
      } else {
        client.clientSecret(Files.readString(secret).strip());
      }
      ClientRegistration found = client.build();
      known.set(found);
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("r1.api.oidc.client-secret-file cannot be read", e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw away(e);
    }
  }

  /** How the provider is asked for tokens and people: what it fails with is not taken for a no. */
  static WebClient client() {
    return WebClient.builder()
        .filter(
            ExchangeFilterFunction.ofResponseProcessor(
                response ->
                    response.statusCode().is5xxServerError()
                        ? response.createException().flatMap(Mono::error)
                        : Mono.just(response)))
        .build();
  }

  /** Whether this came of a provider that could not be reached, or failed. */
  static boolean isAway(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof WebClientRequestException
          || (cause instanceof WebClientResponseException answer
              && answer.getStatusCode().is5xxServerError())) {
        return true;
      }
    }
    return false;
  }

  /** What a caller is told while the provider is away. */
  static ServiceException away(Throwable why) {
    log.warn("the identity provider does not answer", why);
    return ServiceException.because(
        ErrorCode.AUTH_UNAVAILABLE,
        "The identity provider does not answer, or fails. Try again.",
        why);
  }
}
