package io.r1platform.billing.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Leases go only when nothing can be charged to them; what was spent stays with their period. */
class OldLeasesIT {
  private static final long ORGANIZATION = 5;
  private static final long DOLLAR = 1_000_000_000_000L;

  private static BillingFixture billing;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void aLeaseGoesWhenItsPeriodIsLongOverAndNobodyCanUseIt() {
    billing.clock().set(Instant.now().minus(Duration.ofDays(38)));
    String budget = dailyBudget();
    spend(1, 1);
    spend(2, 1);
    spend(3, 1);
    billing.clock().set(Instant.now().minus(Duration.ofDays(36)));
    spend(1, 2);
    assertThat(drop()).as("all epochs are open").isZero();
    close(1, 1);
    close(1, 2);
    close(2, 1);
    hold(lease(budget, 2));
    assertThat(drop()).isEqualTo(1);
    assertThat(leases(budget)).as("held, open, and of a period that ended lately").isEqualTo(3);
    reject();
    assertThat(drop()).isEqualTo(1);
    assertThat(drop()).isZero();
    assertThat(leases(budget)).isEqualTo(2);
    assertThat(billing.sum("spent", "budget_period where budget_id = " + budget))
        .isEqualTo(4 * DOLLAR);
    assertThat(BudgetLaw.broken(billing.sql())).isEmpty();
    assertThat(billing.lawBroken()).isEmpty();
  }

  private static long drop() {
    return billing.bean(OldLeases.class).drop();
  }

  private static String dailyBudget() {
    Answer answer =
        billing.postJson(
            "/internal/v1/budgets",
            BillingFixture.GATEWAY,
            """
            {"command_id":"%s","organization":"%d","limit":"%d","reset":"DAY"}
            """
                .formatted(UUID.randomUUID(), ORGANIZATION, 50 * DOLLAR));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.text("budget_id");
  }

  private static void spend(long replica, int epoch) {
    var gateway = new Gateway(billing, ORGANIZATION, new Leases.Holder(replica, epoch), 3);
    assertThat(gateway.request(2 * DOLLAR, DOLLAR)).isTrue();
    gateway.ship();
  }

  private static void close(long replica, int epoch) {
    Answer answer =
        billing.postJson(
            "/internal/v1/epochs/close",
            BillingFixture.GATEWAY,
            """
            {"source":"gateway","replica":"%d","epoch":%d,"last_seq":"0"}
            """
                .formatted(replica, epoch));
    assertThat(answer.status()).as(answer.body()).isEqualTo(204);
  }

  /** Keeps a record of no cost that a person may yet confirm. */
  private static void hold(long lease) {
    billing
        .database()
        .execute(
            """
            insert into billing.usage_held (event_id, record, leaf_sha256, reason, source,
              replica_id, epoch, ship_seq, held_at, leases)
            values (gen_random_uuid(), decode(repeat('00', 184), 'hex'), sha256('held'), 'LATE',
              'gateway', 2, 1, 1, now(), array[0, %d, 0, 0])
            """
                .formatted(lease));
  }

  private static void reject() {
    billing
        .database()
        .execute(
            """
            update billing.usage_held set resolved = 'REJECTED', resolved_by = 'somebody',
              resolved_why = 'a test', resolved_at = now()
            """);
  }

  private static long lease(String budget, long replica) {
    return billing
        .sum(
            "lease_id",
            "lease join budget_period using (period_id) where budget_id = %s and replica_id = %d"
                .formatted(budget, replica))
        .longValueExact();
  }

  private static long leases(String budget) {
    return billing
        .sum("1", "lease join budget_period using (period_id) where budget_id = " + budget)
        .longValue();
  }
}
