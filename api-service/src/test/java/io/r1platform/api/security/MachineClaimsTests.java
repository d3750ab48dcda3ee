package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.Jwt;

/** Claims as providers write them. */
class MachineClaimsTests {
  private final MachineClaims none = new MachineClaims(List.of());
  private final MachineClaims listed = new MachineClaims(List.of("backup"));

  private static boolean takes(MachineClaims rule, String subject, Map<String, Object> claims) {
    Jwt.Builder token = Jwt.withTokenValue("t").header("alg", "RS256").subject(subject);
    claims.forEach(token::claim);
    return !rule.validate(token.build()).hasErrors();
  }

  @Test
  void withoutAListTheSubjectIsTheClientItself() {
    assertThat(takes(none, "backup", Map.of("client_id", "backup"))).as("RFC 9068").isTrue();
    assertThat(takes(none, "backup@clients", Map.of("azp", "backup"))).as("Auth0").isTrue();
    assertThat(takes(none, "backup", Map.of("cid", "backup"))).as("Okta").isTrue();
    assertThat(takes(none, "8f0c", Map.of("azp", "backup"))).as("a user, or Keycloak").isFalse();
    assertThat(takes(none, "8f0c", Map.of())).as("of no client").isFalse();
  }

  @Test
  void whatALoginLeavesIsNoMachines() {
    for (Map<String, Object> sign :
        List.<Map<String, Object>>of(
            Map.of("auth_time", 1_700_000_000L),
            Map.of("auth_time", "2026-11-30T00:00:00Z"),
            Map.of("amr", List.of("pwd")),
            Map.of("nonce", "n"),
            Map.of("scope", "openid email"),
            Map.of("scp", List.of("openid")))) {
      Map<String, Object> claims = new HashMap<>(sign);
      claims.put("client_id", "backup");
      assertThat(takes(listed, "8f0c", claims)).as(sign.toString()).isFalse();
    }
    Map<String, Object> keycloaks =
        Map.of("client_id", "backup", "auth_time", 0L, "scope", "email profile");
    assertThat(takes(listed, "8f0c", keycloaks)).isTrue();
  }

  @Test
  void withAListTheClientIsOfIt() {
    assertThat(takes(listed, "8f0c", Map.of("azp", "backup"))).as("Keycloak").isTrue();
    assertThat(takes(listed, "8f0c", Map.of("appid", "backup"))).as("Entra").isTrue();
    assertThat(takes(listed, "console", Map.of("client_id", "console"))).isFalse();
    assertThat(takes(listed, "8f0c", Map.of("client_id", "console", "azp", "backup"))).isFalse();
    assertThat(takes(listed, "8f0c", Map.of("cid", "backup", "uid", "00u1")))
        .as("Okta's")
        .isFalse();
  }
}
