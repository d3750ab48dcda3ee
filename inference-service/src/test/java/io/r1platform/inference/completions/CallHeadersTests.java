package io.r1platform.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;

class CallHeadersTests {
  @Test
  void computedPromptsAreSharedByATenantOrByOneOfItsUsersOnly() {
    assertThat(salt("a", null)).isNotZero().isEqualTo(salt("a", null)).isEqualTo(salt("a", ""));
    assertThat(salt("a", "u")).isEqualTo(salt("a", "u"));
    assertThat(salt("a", "u")).isNotIn(salt("a", null), salt("a", "v"), salt("b", "u"), 0L);
    assertThat(salt(null, "u")).isZero();
  }

  private static long salt(@Nullable String tenant, @Nullable String user) {
    var headers = new HttpHeaders();
    headers.set("x-r1-request-id", "01900000-0000-7000-8000-000000000001");
    if (tenant != null) {
      headers.set("x-r1-tenant", tenant);
    }
    if (user != null) {
      headers.set("x-r1-cache-user", user);
    }
    return CallHeaders.of(headers).cacheSalt();
  }
}
