package io.r1platform.api.security;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * Takes a token only if it says that a machine got it for itself: it was issued to a listed client,
 * or where none is listed its subject is its client, and nobody logged in for it.
 */
final class MachineClaims implements OAuth2TokenValidator<Jwt> {
  /** Where providers name the client: RFC 9068, OpenID Connect, Okta, Entra; the first counts. */
  private static final List<String> CLIENT = List.of("client_id", "azp", "cid", "appid");

  /** What only a login leaves in a token: RFC 9068 section 2.2.1, OpenID Connect, Okta. */
  private static final List<String> OF_LOGIN = List.of("amr", "nonce", "uid");

  /** Subjects of clients at Auth0. */
  private static final String AUTH0 = "@clients";

  private static final OAuth2TokenValidatorResult PERSON =
      OAuth2TokenValidatorResult.failure(
          new OAuth2Error(OAuth2ErrorCodes.INVALID_TOKEN, "not a machine's", null));

  private final Set<String> clients;

  MachineClaims(List<String> clients) {
    this.clients = Set.copyOf(clients);
  }

  @Override
  public OAuth2TokenValidatorResult validate(Jwt token) {
    String client = client(token);
    boolean known =
        client != null && (clients.isEmpty() ? isItself(token, client) : clients.contains(client));
    return known && !wasLoggedIn(token) ? OAuth2TokenValidatorResult.success() : PERSON;
  }

  private static @Nullable String client(Jwt token) {
    return CLIENT.stream()
        .map(token.getClaims()::get)
        .filter(Objects::nonNull)
        .map(Object::toString)
        .findFirst()
        .orElse(null);
  }

  private static boolean isItself(Jwt token, String client) {
    return client.equals(token.getSubject()) || (client + AUTH0).equals(token.getSubject());
  }

  private static boolean wasLoggedIn(Jwt token) {
    return OF_LOGIN.stream().anyMatch(token.getClaims()::containsKey)
        || saysWhen(token.getClaims().get("auth_time"))
        || scopes(token).anyMatch("openid"::equals);
  }

  /** Keycloak's service accounts say that they logged in at 0. */
  private static boolean saysWhen(@Nullable Object time) {
    return time != null && !(time instanceof Number number && number.longValue() == 0);
  }

  /** Words of {@code scope} and {@code scp}, one text or a list of them. */
  private static Stream<String> scopes(Jwt token) {
    return Stream.of("scope", "scp")
        .map(token.getClaims()::get)
        .filter(Objects::nonNull)
        .flatMap(
            claim ->
                claim instanceof List<?> list
                    ? list.stream().map(String::valueOf)
                    : Arrays.stream(claim.toString().split(" ")));
  }
}
