package io.r1platform.api.security;

import io.r1platform.api.people.Invitations;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.web.server.ServerAuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps the login that a browser began at the identity provider in its session, as a string: state,
 * nonce and PKCE verifier, and the hash of the invitation that it came with. A session has one at
 * most, and an answer uses it up.
 */
final class PendingLogins
    implements ServerAuthorizationRequestRepository<OAuth2AuthorizationRequest> {
  /** Session attribute: the hash of an invitation's token. */
  static final String INVITATION = "invitation";

  private static final String ATTRIBUTE = "pending-login";
  private static final TypeReference<Map<String, Map<String, String>>> PENDING =
      new TypeReference<>() {};

  private final JsonMapper json;

  PendingLogins(JsonMapper json) {
    this.json = json;
  }

  @Override
  public Mono<Void> saveAuthorizationRequest(
      OAuth2AuthorizationRequest request, ServerWebExchange exchange) {
    Map<String, String> attributes = new HashMap<>();
    request.getAttributes().forEach((name, value) -> attributes.put(name, value.toString()));
    Map<String, String> sent =
        Map.of(
            "uri", request.getAuthorizationUri(),
            "client", request.getClientId(),
            "redirect", String.valueOf(request.getRedirectUri()),
            "state", String.valueOf(request.getState()),
            "scopes", String.join(" ", request.getScopes()));
    String pending = json.writeValueAsString(Map.of("request", sent, "attributes", attributes));
    return exchange
        .getSession()
        .doOnNext(
            session -> {
              session.getAttributes().put(ATTRIBUTE, pending);
              noteInvitation(session, exchange);
            })
        .then();
  }

  @Override
  public Mono<OAuth2AuthorizationRequest> loadAuthorizationRequest(ServerWebExchange exchange) {
    return exchange
        .getSession()
        .flatMap(session -> Mono.justOrEmpty(session.<String>getAttribute(ATTRIBUTE)))
        .flatMap(pending -> Mono.justOrEmpty(request(pending, exchange)));
  }

  @Override
  public Mono<OAuth2AuthorizationRequest> removeAuthorizationRequest(ServerWebExchange exchange) {
    return loadAuthorizationRequest(exchange)
        .delayUntil(request -> exchange.getSession().doOnNext(PendingLogins::forget));
  }

  private static void noteInvitation(WebSession session, ServerWebExchange exchange) {
    String token = exchange.getRequest().getQueryParams().getFirst(INVITATION);
    if (token == null) {
      session.getAttributes().remove(INVITATION);
    } else {
      session.getAttributes().put(INVITATION, Invitations.hash(token));
    }
  }

  private static void forget(WebSession session) {
    session.getAttributes().remove(ATTRIBUTE);
  }

  /** The request that the answer belongs to, or null if this is no answer to it. */
  private @Nullable OAuth2AuthorizationRequest request(String pending, ServerWebExchange exchange) {
    Map<String, Map<String, String>> kept = json.readValue(pending, PENDING);
    Map<String, String> sent = kept.getOrDefault("request", Map.of());
    String state = exchange.getRequest().getQueryParams().getFirst(OAuth2ParameterNames.STATE);
    if (state == null || !state.equals(sent.get("state"))) {
      return null;
    }
    return OAuth2AuthorizationRequest.authorizationCode()
        .authorizationUri(sent.getOrDefault("uri", ""))
        .clientId(sent.getOrDefault("client", ""))
        .redirectUri(sent.getOrDefault("redirect", ""))
        .state(state)
        .scopes(Set.of(sent.getOrDefault("scopes", "").split(" ")))
        .attributes(Map.copyOf(kept.getOrDefault("attributes", Map.of())))
        .build();
  }
}
