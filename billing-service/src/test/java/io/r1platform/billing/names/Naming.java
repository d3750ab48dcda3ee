package io.r1platform.billing.names;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;

/** Says what projects are called, for tests of other packages. */
public final class Naming {
  private Naming() {}

  /** The first name of a project. */
  public static void project(BillingFixture billing, long organization, long id, String name) {
    Answer answer =
        billing.postJson(
            "/internal/v1/display-names",
            BillingFixture.GATEWAY,
            """
            {"names": [{"kind": "PROJECT", "id": "%d", "organization_id": "%d", "name": "%s",
              "seq": "1"}]}
            """
                .formatted(id, organization, name));
    if (answer.status() != 200 || answer.json().path("refused").asInt() != 0) {
      throw new AssertionError("billing answered " + answer);
    }
  }
}
