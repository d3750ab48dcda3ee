package io.r1platform.billing.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.usage.UsageTraffic;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
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
