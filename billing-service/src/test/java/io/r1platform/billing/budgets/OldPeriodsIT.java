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

/**
 * Leases go only when nothing can be charged to them, and what was spent stays with their period;
 * that goes after 400 days.
 */
class OldPeriodsIT {
  private static final long ORGANIZATION = 5;
  private static final long OTHER = 6;
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
    String budget = dailyBudget(ORGANIZATION);
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
    assertThat(drop()).as("one of the budget, three of the credit").isEqualTo(4);
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

  @Test
  void aPeriodGoesAfterFourHundredDaysWithItsAlertsOnceTheyAreDelivered() {
    billing.clock().set(Instant.now().minus(Duration.ofDays(402)));
    target();
    String budget = dailyBudget(OTHER);
    String periods = "budget_period where budget_id = " + budget;
    String alerts = "budget_alert join budget_period using (period_id) where budget_id = " + budget;
    spend(OTHER, 11, 1, 25);
    billing.clock().set(Instant.now().minus(Duration.ofDays(399)));
    spend(OTHER, 11, 1, 25);
    close(11, 1);
    assertThat(billing.sum("1", alerts)).as("50 % of two days").isEqualTo(2);
    assertThat(drop()).as("two leases of the budget, one of the credit").isEqualTo(3);
    assertThat(billing.sum("1", periods)).as("an alert is under way").isEqualTo(2);
    billing.database().execute("update billing.webhook_delivery set next_at = null");
    assertThat(drop()).as("a delivery, its alert, its period").isEqualTo(3);
    assertThat(billing.sum("1", periods)).isEqualTo(1);
    assertThat(billing.sum("1", alerts)).isEqualTo(1);
    assertThat(drop()).isZero();
    assertThat(BudgetLaw.broken(billing.sql())).isEmpty();
    assertThat(billing.lawBroken()).isEmpty();
  }

  /** Alerts go nowhere: nothing is delivered in this test. */
  private static void target() {
    billing
        .database()
        .execute(
            """
            insert into billing.webhook_target (organization_id, url, secret, created_at)
            values (%d, 'https://example.com/', sha256('secret'), now())
            """
                .formatted(OTHER));
  }

  private static long drop() {
    return billing.bean(OldPeriods.class).drop();
  }

  private static String dailyBudget(long organization) {
    Answer answer =
        billing.postJson(
            "/internal/v1/budgets",
            BillingFixture.GATEWAY,
            """
            {"command_id":"%s","organization":"%d","limit":"%d","reset":"DAY"}
            """
                .formatted(UUID.randomUUID(), organization, 50 * DOLLAR));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.text("budget_id");
  }

  private static void spend(long replica, int epoch) {
    spend(ORGANIZATION, replica, epoch, 1);
  }

  private static void spend(long organization, long replica, int epoch, int dollars) {
    var gateway = new Gateway(billing, organization, new Leases.Holder(replica, epoch), 3);
    assertThat(gateway.request(2L * dollars * DOLLAR, dollars * DOLLAR)).isTrue();
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
