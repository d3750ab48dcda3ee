package io.r1platform.api.keys;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RightsTests {
  @Test
  void aKeyWithOnlyScopesOfALaterVersionOpensNothingHere() {
    Rights later = Rights.of(new String[] {"audit:read"}, null, new String[0]);
    assertThat(later.scopes()).isEmpty();
    assertThat(later.scopeNames()).isEmpty();
  }
}
