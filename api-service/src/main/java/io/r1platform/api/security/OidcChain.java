package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.RequestId;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Identity;
import io.r1platform.api.people.LoginRefusal;
import io.r1platform.api.sessions.OidcLogin;
import io.r1platform.api.sessions.OperatorLogin;
import io.r1platform.api.sessions.Sessions;
import io.r1platform.api.sessions.Way;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.client.web.server.DefaultServerOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.server.util.matcher.PathPatternParserServerWebExchangeMatcher;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Login at the identity provider: code flow with PKCE. {@code /admin/login/oidc} sends the browser
 * there, {@code /admin/login/oidc/callback} takes the answer. Nothing of the provider is kept but
 * who the person is. Whom it refuses, a browser shows on the console's login page.
 */
@Component
final class OidcChain {
  static final String LOGIN = "/admin/login";
  private static final Logger log = LoggerFactory.getLogger(OidcChain.class);
  private static final URI CONSOLE = URI.create("/console");
  private static final String LOGIN_PAGE = "/console/login?refused=";

  private final OidcSettings settings;
  private final OidcLogin login;
  private final Sessions sessions;
  private final PostgresWebSessionStore store;
  private final ErrorResponses errors;
  private final JsonMapper json;

  OidcChain(
      OidcSettings settings,
      OidcLogin login,
      Sessions sessions,
      PostgresWebSessionStore store,
      ErrorResponses errors,
      JsonMapper json) {
    this.settings = settings;
    this.login = login;
    this.sessions = sessions;
    this.store = store;
    this.errors = errors;
    this.json = json;
  }

  /** Whether people log in by it. */
  boolean isOn() {
    return settings.clientId() != null;
  }

  /** Adds the two routes to the chain, if there is an identity provider. */
  void addTo(ServerHttpSecurity http) {
    if (!isOn()) {
      return;
    }
    var provider = new IdentityProvider(settings, store.blocking());
    var resolver =
        new DefaultServerOAuth2AuthorizationRequestResolver(
            provider, matching(LOGIN + "/{registrationId}"));
    resolver.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
    http.addFilterBefore(this::awayIsNoFault, SecurityWebFiltersOrder.AUTHENTICATION);
    http.oauth2Login(
        oidc ->
            oidc.clientRegistrationRepository(provider)
                .authorizedClientRepository(new NoClients())
                .authorizationRequestResolver(resolver)
                .authorizationRequestRepository(new PendingLogins(json))
                .authenticationMatcher(matching(LOGIN + "/{registrationId}/callback"))
                .securityContextRepository(new SessionSecurityContext())
                .authenticationSuccessHandler((filter, who) -> succeeded(filter.getExchange(), who))
                .authenticationFailureHandler((filter, why) -> failed(filter.getExchange(), why)));
  }

  /** The provider may go away between the login's start and its end. */
  private Mono<Void> awayIsNoFault(ServerWebExchange exchange, WebFilterChain chain) {
    Mono<Void> result = chain.filter(exchange);
    return exchange.getRequest().getPath().value().startsWith(LOGIN + "/")
        ? result
            .onErrorResume(
                IdentityProvider::isAway, why -> refuse(exchange, IdentityProvider.away(why)))
            .onErrorResume(ServiceException.class, refusal -> refuse(exchange, refusal))
        : result;
  }

  /** A page that was opened shows the reason in the console; a program gets the problem. */
  private Mono<Void> refuse(ServerWebExchange exchange, ServiceException refusal) {
    String accepted = exchange.getRequest().getHeaders().getFirst(HttpHeaders.ACCEPT);
    if (accepted == null || !accepted.contains(MediaType.TEXT_HTML_VALUE)) {
      return errors.write(exchange, refusal);
    }
    Object reason = refusal.details().getOrDefault("reason", refusal.code().wire());
    return redirect(
        exchange,
        URI.create(LOGIN_PAGE + reason + "&request_id=" + RequestId.of(exchange).toString()));
  }

  private static PathPatternParserServerWebExchangeMatcher matching(String path) {
    return new PathPatternParserServerWebExchangeMatcher(path, HttpMethod.GET);
  }

  private Mono<Void> succeeded(ServerWebExchange exchange, Authentication authentication) {
    String newId = sessions.newId();
    var origin =
        new OperatorLogin.Origin(SessionController.address(exchange), RequestId.of(exchange));
    return exchange
        .getSession()
        .cast(OperatorWebSession.class)
        .flatMap(
            session ->
                Mono.fromCallable(
                        () ->
                            login.logIn(
                                identity(authentication),
                                session.getAttribute(PendingLogins.INVITATION),
                                origin,
                                session.getId(),
                                newId))
                    .subscribeOn(store.blocking())
                    .doOnNext(person -> session.loggedIn(newId, person, Way.OIDC)))
        .then(Mono.defer(() -> redirect(exchange, CONSOLE)))
        .onErrorResume(ServiceException.class, refusal -> refuse(exchange, refusal));
  }

  private static Mono<Void> redirect(ServerWebExchange exchange, URI target) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(HttpStatus.FOUND);
    response.getHeaders().setLocation(target);
    return response.setComplete();
  }

  private Identity identity(Authentication authentication) {
    if (!(authentication.getPrincipal() instanceof OidcUser user)) {
      throw new IllegalStateException("not by OpenID Connect");
    }
    String email = user.getEmail();
    if (email == null || !Boolean.TRUE.equals(user.getEmailVerified())) {
      throw LoginRefusal.ADDRESS_NOT_VERIFIED.exception();
    }
    return new Identity(
        Objects.requireNonNull(user.getIssuer()).toString(),
        Objects.requireNonNull(user.getSubject()),
        email,
        strings(user.getClaims().get(settings.groupsClaim())));
  }

  /** The strings of a claim that holds one or a list of them; anything else is none. */
  static List<String> strings(@Nullable Object claim) {
    return switch (claim) {
      case String one -> List.of(one);
      case List<?> many ->
          many.stream().filter(String.class::isInstance).map(String.class::cast).toList();
      case null, default -> List.of();
    };
  }

  private Mono<Void> failed(ServerWebExchange exchange, AuthenticationException why) {
    if (IdentityProvider.isAway(why)) {
      return refuse(exchange, IdentityProvider.away(why));
    }
    log.info("login by the identity provider failed", why);
    return refuse(
        exchange,
        ServiceException.of(
            ErrorCode.NOT_AUTHENTICATED,
            "The login at the identity provider did not succeed. Begin again at"
                + " /admin/login/oidc."));
  }
}
