package io.r1platform.billing.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.usage.UsageTraffic;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Billing compares by itself, and says so where something differs. */
class WatchIT {
  private final BillingFixture billing = new BillingFixture();
  private final UsageTraffic traffic = new UsageTraffic(billing);
  private final Watch watch = billing.bean(Watch.class);

  @BeforeEach
  void noonComes() {
    billing.clock().set(today().plusDays(1).atTime(12, 0).toInstant(ZoneOffset.UTC));
  }

  @AfterEach
  void stop() {
    billing.close();
  }

  @Test
  void whatIsOnItsWayIsNoDifference() {
    traffic.charge(12, 50);
    assertThat(watch.lookAtRecent()).as("its receipt is on its way").isZero();
    traffic.receiveAll();
    assertThat(watch.lookAtRecent()).isZero();
    assertThat(gauge("recent")).isZero();
  }

  @Test
  void requestThatDiffersTwiceIsADifference() {
    traffic.charge(12, 50);
    assertThat(watch.lookAtRecent()).isZero();
    assertThat(watch.lookAtRecent()).isEqualTo(1);
    assertThat(gauge("recent")).isEqualTo(1);
    traffic.receiveAll();
    assertThat(watch.lookAtRecent()).isZero();
    assertThat(gauge("recent")).isZero();
  }

  @Test
  void dayThatDiffersIsComparedAgainUntilItDoesNot() {
    LocalDate day = today();
    traffic.charge(12, 50);
    billing.clock().advance(Duration.ofDays(4));
    assertThat(watch.lookAtDays()).isEqualTo(1);
    assertThat(gauge("day")).isEqualTo(1);
    assertThat(checked(day).path("differences").asInt()).isEqualTo(1);
    traffic.receiveAll();
    assertThat(watch.lookAtDays()).isZero();
    assertThat(gauge("day")).isZero();
    assertThat(checked(day).path("differences").asInt()).isZero();
    assertThat(checked(day).path("requests").asString()).isEqualTo("1");
    assertThat(checked(day).path("cost").asString()).isNotEqualTo("0");
    assertThat(checked(day).path("pico").asString()).isNotEqualTo("0");
    assertThat(checked(day).path("input").asString()).isEqualTo("12");
    assertThat(checked(day).path("output").asString()).isEqualTo("50");
  }

  @Test
  void dayThatCannotBeComparedIsADifferenceAndTheOthersAreCompared() {
    LocalDate day = today();
    traffic.charge(12, 50);
    traffic.receiveAll();
    billing.clock().advance(Duration.ofDays(4));
    billing
        .database()
        .execute(
            "alter table billing.reconciliation_day add constraint broken check (day <> '%s')"
                .formatted(day));
    assertThat(watch.lookAtDays()).isEqualTo(1);
    assertThat(checked(today().minusDays(1)).path("differences").asInt()).isZero();
  }

  @Test
  void dayThatGetsALateRecordIsComparedAgain() {
    LocalDate day = today();
    traffic.charge(12, 50);
    traffic.receiveAll();
    billing.clock().advance(Duration.ofDays(4));
    assertThat(watch.lookAtDays()).isZero();
    traffic.chargeOn(day, 3, 4);
    assertThat(watch.lookAtDays()).isEqualTo(1);
    traffic.receiveAll();
    assertThat(watch.lookAtDays()).isZero();
    assertThat(checked(day).path("requests").asString()).isEqualTo("2");
  }

  /** Nobody can change the ledger; a sum that is wrong all the same is found in the night. */
  @Test
  void brokenLawIsFoundAtNight() {
    traffic.charge(12, 50);
    traffic.receiveAll();
    assertThat(watch.lookAtSums()).isZero();
    assertThat(watch.lookAtTheLaw()).isZero();
    billing.database().execute("update billing.usage_hourly set amount = amount + 1");
    assertThat(watch.lookAtSums()).isEqualTo(1);
    assertThat(watch.lookAtTheLaw()).isEqualTo(2);
    assertThat(gauge("law")).isEqualTo(2);
    billing.database().execute("update billing.usage_hourly set amount = amount - 1");
    billing.database().execute("update billing.account_day set amount = amount - 1");
    assertThat(watch.lookAtSums()).isEqualTo(1);
    assertThat(watch.lookAtTheLaw()).as("the sums, and two accounts of the ledger").isEqualTo(3);
    billing.database().execute("update billing.account_day set amount = amount + 1");
    assertThat(watch.lookAtTheLaw()).isZero();
  }

  /** What nobody touched since it was found right is asked again on Sunday, until it is right. */
  @Test
  void lawOfUntouchedDaysIsAskedEachSunday() {
    LocalDate monday = today().with(TemporalAdjusters.next(DayOfWeek.MONDAY));
    noonOf(monday);
    traffic.charge(12, 50);
    assertThat(watch.lookAtTheLaw()).as("the first time, the whole").isZero();
    noonOf(monday.plusDays(1));
    assertThat(watch.lookAtTheLaw()).isZero();
    billing.database().execute("update billing.usage_hourly set amount = amount + 1");
    noonOf(monday.plusDays(4));
    assertThat(watch.lookAtTheLaw()).as("nobody touched the day").isZero();
    noonOf(monday.plusDays(6));
    assertThat(watch.lookAtTheLaw()).as("on Sunday, by records and by ledger").isEqualTo(2);
    noonOf(monday.plusDays(8));
    assertThat(watch.lookAtTheLaw()).as("it is not forgotten").isEqualTo(2);
    billing.database().execute("update billing.usage_hourly set amount = amount - 1");
    assertThat(watch.lookAtTheLaw()).isZero();
    assertThat(billing.sum("broken", "law_checked where whole")).isEqualTo(BigInteger.valueOf(4));
  }

  /** Its sums and its ledger are whole, so only its records can tell. */
  @Test
  void recordsThatAnOldDayLostAreFoundOnSunday() {
    LocalDate monday = today().with(TemporalAdjusters.next(DayOfWeek.MONDAY));
    noonOf(monday);
    traffic.charge(12, 50);
    assertThat(watch.lookAtTheLaw()).isZero();
    String change =
        "update billing.usage_record set amount_pico = amount_pico %s 1 where bucket = '%s'";
    noonOf(monday.plusDays(11));
    assertThat(watch.lookAtTheLaw()).isZero();
    billing.database().execute(change.formatted("+", monday));
    assertThat(watch.lookAtTheLaw()).as("an older day than is added up each night").isZero();
    noonOf(monday.plusDays(13));
    assertThat(watch.lookAtTheLaw()).as("on Sunday").isEqualTo(1);
    billing.database().execute(change.formatted("-", monday));
    assertThat(watch.lookAtTheLaw()).isZero();
  }

  @Test
  void lawOfAnOldDayIsAskedWhenItIsTouched() {
    LocalDate monday = today().with(TemporalAdjusters.next(DayOfWeek.MONDAY));
    noonOf(monday);
    traffic.charge(12, 50);
    assertThat(watch.lookAtTheLaw()).isZero();
    noonOf(monday.plusDays(1));
    assertThat(watch.lookAtTheLaw()).isZero();
    noonOf(monday.plusDays(5));
    billing.database().execute("update billing.account_day set amount = amount + 1");
    assertThat(watch.lookAtTheLaw()).as("nobody touched the day").isZero();
    traffic.chargeOn(monday, 3, 4);
    assertThat(watch.lookAtTheLaw()).as("its sums and both accounts").isEqualTo(3);
    billing.database().execute("update billing.account_day set amount = amount - 1");
    assertThat(watch.lookAtTheLaw()).isZero();
  }

  @Test
  void brokenCreditIsFoundWhereItWasTouched() {
    noonOf(today().with(TemporalAdjusters.next(DayOfWeek.MONDAY)));
    assertThat(watch.lookAtTheLaw()).isZero();
    billing.clock().advance(Duration.ofDays(1));
    String topUp =
        "{\"command_id\":\"%s\",\"actor\":\"ops\",\"amount\":\"1000000000000\"}"
            .formatted(UUID.randomUUID());
    String path = "/internal/v1/organizations/5/credit/top-ups";
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, topUp).status()).isBetween(200, 204);
    traffic.charge(12, 50);
    assertThat(watch.lookAtTheLaw()).isZero();
    billing.database().execute("update billing.credit_grant set remaining = remaining - 1");
    assertThat(watch.lookAtTheLaw())
        .isEqualTo(2)
        .isEqualTo(billing.sum("1", "credit_broken").longValueExact());
    billing.clock().advance(Duration.ofDays(2));
    assertThat(watch.lookAtTheLaw()).as("it is not forgotten").isEqualTo(2);
    billing.database().execute("update billing.credit_grant set remaining = remaining + 1");
    assertThat(watch.lookAtTheLaw()).isZero();
  }

  /** Whoever holds the ledger for long must not hold the night's other questions. */
  @Test
  void lawThatIsNotAnsweredInTimeIsNotTakenForUnbroken() throws SQLException {
    try (var hasty = new BillingFixture("--r1.billing.reconciliation.law-timeout=2s")) {
      Watch hastyWatch = hasty.bean(Watch.class);
      try (var other = hasty.database().superuser().getConnection();
          var statement = other.createStatement()) {
        other.setAutoCommit(false);
        statement.execute("lock table billing.adjustment");
        assertThat(hastyWatch.lookAtTheLaw()).as("adjustments alone").isEqualTo(1);
        other.rollback();
      }
      assertThat(hasty.sum("1", "law_checked where broken = 0")).isZero();
    }
  }

  private void noonOf(LocalDate day) {
    billing.clock().set(day.atTime(12, 0).toInstant(ZoneOffset.UTC));
  }

  private LocalDate today() {
    return LocalDate.ofInstant(billing.clock().instant(), ZoneOffset.UTC);
  }

  private JsonNode checked(LocalDate day) {
    for (JsonNode one : billing.get("/internal/v1/reconciliation/days").json().path("days")) {
      if (one.path("day").asString().equals(day.toString())) {
        return one;
      }
    }
    throw new AssertionError(day + " was not compared");
  }

  private double gauge(String scope) {
    return billing
        .bean(MeterRegistry.class)
        .get("r1.billing.reconciliation.differences")
        .tag("scope", scope)
        .gauge()
        .value();
  }
}
