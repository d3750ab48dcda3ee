package io.r1platform.billing.invoices;

import static io.r1platform.billing.invoices.InvoiceJson.path;
import static io.r1platform.billing.invoices.InvoiceJson.waiver;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/** What the close and its drafts look like from outside. */
final class Drafted {
  private static final Duration FOR_A_MINUTE = Duration.ofMinutes(1);

  private final BillingFixture billing;

  Drafted(BillingFixture billing) {
    this.billing = billing;
  }

  /** At this moment of the clock the job went through all, and is due in an hour. */
  boolean isDone() {
    return billing
        .sql()
        .sql(
            """
            select exists (select from invoice_close where looked_at = :now)
              and exists (select from scheduled_tasks
                where not picked and execution_time = cast(:now as timestamptz) + interval '1 hour')
            """)
        .param("now", moment())
        .query(Boolean.class)
        .single();
  }

  /** When the last whole run began. */
  OffsetDateTime lookedAt() {
    return billing
        .sql()
        .sql("select looked_at from invoice_close")
        .query(OffsetDateTime.class)
        .single();
  }

  void await(BooleanSupplier condition) {
    Instant until = Instant.now().plus(FOR_A_MINUTE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(until)) {
        throw new AssertionError("it did not come to pass within " + FOR_A_MINUTE);
      }
    }
  }

  /** Waives what blocks it now. */
  void waiveAll(JsonNode draft, String... but) {
    for (JsonNode blocker : draft.path("blockers")) {
      String code = blocker.path("code").asString();
      if (!List.of(but).contains(code) && blocker.path("waiver").isNull()) {
        Answer done =
            billing.postJson(path(draft) + "/waivers", BillingFixture.GATEWAY, waiver(code));
        assertThat(done.status()).as(done.body()).isEqualTo(200);
      }
    }
  }

  /** Makes drafts of organizations without a profile. */
  void waitingOrganizations(YearMonth month, long after, int count) {
    billing
        .sql()
        .sql(
            """
            with made as (
              insert into invoice (tenant_id, kind, status, period, currency, built_at)
              select ? + n, 'INVOICE', 'draft', tstzrange(?, ?), 'USD', ?
              from generate_series(1, ?) n returning invoice_id, lower(period) as from_at
            )
            insert into invoice_line (invoice_id, line_no, kind, month, amount, amount_minor,
              tax_ppm)
            select invoice_id, 1, 'SHORTFALL', (from_at at time zone 'UTC')::date, 0, 0, 0 from made
            """)
        .params(after, first(month), first(month.plusMonths(1)), moment(), count)
        .update();
  }

  /** How many drafts the metric says that this blocks. */
  double waiting(String blocker) {
    return billing
        .bean(MeterRegistry.class)
        .get("r1.billing.invoices.waiting")
        .tag("blocker", blocker)
        .gauge()
        .value();
  }

  double failures() {
    return billing
        .bean(MeterRegistry.class)
        .get("r1.billing.invoices")
        .tag("result", "FAILED")
        .counter()
        .count();
  }

  private static OffsetDateTime first(YearMonth month) {
    return month.atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC);
  }

  private OffsetDateTime moment() {
    return billing.clock().instant().atOffset(ZoneOffset.UTC);
  }
}
