package io.r1platform.billing.invoices;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.YearMonth;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Finalizes months for tests of other packages, whatever blocks them. */
public final class Closing {
  private final BillingFixture billing;

  public Closing(BillingFixture billing) {
    this.billing = billing;
  }

  /** The draft of the month, as it is now. */
  public JsonNode draft(long tenant, YearMonth month) {
    InvoiceRow row = billing.bean(Invoices.class).build(tenant, "USD", month).orElseThrow();
    return billing.get("/internal/v1/invoices/" + row.id()).json();
  }

  /** The finalized invoice of the month. */
  public JsonNode finalizeMonth(long tenant, YearMonth month) {
    JsonNode draft = draft(tenant, month);
    String path = "/internal/v1/invoices/" + draft.path("invoice_id").asString();
    for (JsonNode blocker : draft.path("blockers")) {
      order(path + "/waivers", ", \"blocker\": \"" + blocker.path("code").asString() + "\"");
    }
    return order(path + "/finalize", "");
  }

  /** Sends an order with a new command. */
  public JsonNode order(String path, String members) {
    Answer done =
        billing.postJson(
            path,
            BillingFixture.GATEWAY,
            "{\"command_id\": \"%s\", \"actor\": \"ada\", \"reason\": \"a test\"%s}"
                .formatted(UUID.randomUUID(), members));
    if (done.status() != 200) {
      throw new AssertionError("billing answered " + done);
    }
    return done.json();
  }
}
