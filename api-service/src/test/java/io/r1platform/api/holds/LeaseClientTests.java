package io.r1platform.api.holds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Gateways and billing are upgraded in either order. */
class LeaseClientTests {
  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");
  private static final Instant MIDNIGHT = Instant.parse("2026-11-30T00:00:00Z");

  @Test
  void anIncreaseEndsBeforeThePeriodDoes() {
    LeaseAnswer.Lease lease =
        lease("ORGANIZATION", time("ends_at", MIDNIGHT) + "," + time("lent_until", NOON));
    assertThat(lease.endsAt()).isEqualTo(NOON);
    assertThat(lease.periodEndsAt()).isEqualTo(MIDNIGHT);
  }

  @Test
  void aLeaseOfAnOlderBillingIsNeverForgotten() {
    LeaseAnswer.Lease lease = lease("KEY", time("ends_at", NOON));
    assertThat(lease.endsAt()).isEqualTo(NOON);
    assertThat(lease.periodEndsAt()).as("noon may be an increase's end").isNull();
  }

  @Test
  void creditOutlivesItsGrants() {
    String end = time("ends_at", NOON);
    for (String ends : List.of(end, end + "," + time("lent_until", NOON))) {
      LeaseAnswer.Lease lease = lease("CREDIT", ends);
      assertThat(lease.endsAt()).isEqualTo(NOON);
      assertThat(lease.periodEndsAt()).isNull();
    }
    assertThat(lease("CREDIT", "\"ends_at\":null,\"lent_until\":null").endsAt()).isNull();
  }

  private static String time(String member, Instant at) {
    return "\"%s\":\"%s\"".formatted(member, at);
  }

  private static LeaseAnswer.Lease lease(String scope, String ends) {
    String json =
        """
        {"version":"4","unknown":1,"leases":[{"scope":"%s","scope_id":"7","lease_id":"12",
          "granted":"5","not_known_yet":true,%s}]}
        """
            .formatted(scope, ends);
    return LeaseClient.lent(JsonMapper.shared().readTree(json)).leases().getFirst();
  }
}
