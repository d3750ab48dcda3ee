package io.r1platform.billing.usage;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Money for the tenants of {@link Traffic}: each has a hard monthly budget and leases of it and of
 * its credit for every stream; every fifth has paid ahead and draws that credit.
 */
final class BenchMoney {
  /** So that nobody's credit ends during a run; whole dollars. */
  static final String SETTING = "--r1.billing.budgets.default-credit-limit=8000000";

  private static final String LIMIT = "8000000000000000000";
  private static final String SLICE = "1000000000000000000";
  private static final int PAID_AHEAD = 5;

  private final BillingFixture billing;

  BenchMoney(BillingFixture billing) {
    this.billing = billing;
    for (int tenant = 1; tenant <= Traffic.TENANTS; tenant++) {
      post(
          "/internal/v1/budgets",
          """
          {"command_id":"%s","organization":"%d","limit":"%s"}"""
              .formatted(UUID.randomUUID(), tenant, LIMIT));
      if (tenant % PAID_AHEAD == 0) {
        post(
            "/internal/v1/organizations/" + tenant + "/credit/top-ups",
            """
            {"command_id":"%s","actor":"bench","amount":"%s"}"""
                .formatted(UUID.randomUUID(), SLICE));
      }
    }
  }

  /** Leases of that replica's first epoch: by tenant from 1, in the order of the wire. */
  long[][] leases(int replica) {
    var leases = new long[Traffic.TENANTS + 1][];
    for (int tenant = 1; tenant <= Traffic.TENANTS; tenant++) {
      JsonNode lent =
          post(
              "/internal/v1/leases",
              """
              {"replica":%d,"epoch":1,"replicas":4,"organization":"%d","project":"%d","key":"%d",
               "need":{"CREDIT":"%s","ORGANIZATION":"%s"},"slice":"%s"}"""
                  .formatted(replica, tenant, tenant * 10, tenant * 100, SLICE, SLICE, SLICE));
      leases[tenant] = new long[] {of(lent, "CREDIT"), of(lent, "ORGANIZATION"), 0, 0};
    }
    return leases;
  }

  private static long of(JsonNode lent, String scope) {
    for (JsonNode lease : lent.path("leases")) {
      if (lease.path("scope").asString().equals(scope)) {
        return Long.parseLong(lease.path("lease_id").asString());
      }
    }
    throw new IllegalStateException("no lease of " + scope + " in " + lent);
  }

  private JsonNode post(String path, String body) {
    Answer answer = billing.postJson(path, BillingFixture.GATEWAY, body);
    if (answer.status() != 200) {
      throw new IllegalStateException(path + " answered " + answer);
    }
    return answer.json();
  }
}
