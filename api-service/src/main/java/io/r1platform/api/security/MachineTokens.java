package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.people.Machines;
import java.util.List;
import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoders;
import org.springframework.security.oauth2.jwt.SupplierReactiveJwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Machines on the admin API: a signed access token of the identity provider, made for our audience
 * and not without an end, that a client got for itself ({@link MachineClaims}), whose groups have
 * roles here and whose subject is no person here. It needs no session and no CSRF token.
 */
@Component
final class MachineTokens {
  private final OidcSettings settings;
  private final Machines machines;
  private final PostgresWebSessionStore store;
  private final ErrorResponses errors;

  MachineTokens(
      OidcSettings settings,
      Machines machines,
      PostgresWebSessionStore store,
      ErrorResponses errors) {
    this.settings = settings;
    this.machines = machines;
    this.store = store;
    this.errors = errors;
  }

  /** Lets the chain take such tokens, if there is an audience. */
  void addTo(ServerHttpSecurity http) {
    String audience = settings.audience();
    if (audience == null) {
      return;
    }
    String issuer = Objects.requireNonNull(settings.issuer());
    // the provider is asked for its keys at the first token, so that the service starts without it
    var signed = new SupplierReactiveJwtDecoder(() -> decoder(issuer, audience));
    ReactiveJwtDecoder decoder =
        token ->
            signed
                .decode(token)
                .onErrorMap(e -> !(e instanceof BadJwtException), IdentityProvider::away);
    http.oauth2ResourceServer(
        server ->
            server
                .authenticationEntryPoint(this::refuse)
                .jwt(jwt -> jwt.jwtDecoder(decoder).jwtAuthenticationConverter(this::machine)));
  }

  private ReactiveJwtDecoder decoder(String issuer, String audience) {
    NimbusReactiveJwtDecoder decoder = ReactiveJwtDecoders.fromIssuerLocation(issuer);
    OAuth2TokenValidator<Jwt> forUs =
        new JwtClaimValidator<List<String>>(
            JwtClaimNames.AUD, names -> names != null && names.contains(audience));
    OAuth2TokenValidator<Jwt> ends =
        new JwtClaimValidator<Object>(JwtClaimNames.EXP, Objects::nonNull);
    OAuth2TokenValidator<Jwt> named =
        new JwtClaimValidator<Object>(JwtClaimNames.SUB, Objects::nonNull);
    var ofMachines = new MachineClaims(settings.machineClients());
    var types = new JwtTypeValidator("JWT", "at+jwt"); // the latter is RFC 9068's
    types.setAllowEmpty(true);
    decoder.setJwtValidator(
        JwtValidators.createDefaultWithValidators(
            List.of(new JwtIssuerValidator(issuer), types, forUs, ends, named, ofMachines)));
    return decoder;
  }

  private Mono<AbstractAuthenticationToken> machine(Jwt token) {
    String issuer = Objects.requireNonNull(token.getIssuer()).toString();
    String subject = Objects.requireNonNull(token.getSubject());
    List<String> groups = OidcChain.strings(token.getClaims().get(settings.groupsClaim()));
    return Mono.fromCallable(() -> machines.find(issuer, subject, groups))
        .subscribeOn(store.blocking())
        .map(found -> found.orElseThrow(() -> new InvalidBearerTokenException("a person's")))
        .map(
            machine -> UsernamePasswordAuthenticationToken.authenticated(machine, null, List.of()));
  }

  private Mono<Void> refuse(ServerWebExchange exchange, AuthenticationException why) {
    exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    return errors.write(
        exchange,
        ServiceException.of(
            ErrorCode.NOT_AUTHENTICATED,
            "This token is not good here: its signature, issuer, audience or time is wrong, or it"
                + " is a person's. People log in at /admin/login/oidc."));
  }
}
