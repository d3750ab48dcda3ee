package io.r1platform.api.statements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import org.junit.jupiter.api.Test;

class FreeCallsTests {
  private final FreeCalls calls = new FreeCalls(3, 2);

  @Test
  void anOrganizationHasItsShareAndAllTogetherTheirs() {
    FreeCalls.Place first = calls.begin(of(1));
    calls.begin(of(1));
    assertRefused(1, ErrorCode.RATE_LIMIT_EXCEEDED);
    calls.begin(of(2));
    assertRefused(2, ErrorCode.ENGINE_OVERLOADED);
    first.close();
    first.close();
    assertThat(calls.begin(of(2))).isNotNull();
    assertRefused(1, ErrorCode.ENGINE_OVERLOADED);
  }

  private void assertRefused(long organization, ErrorCode code) {
    assertThatThrownBy(() -> calls.begin(of(organization)))
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static Caller of(long organization) {
    return new Caller(10 * organization, organization, organization);
  }
}
