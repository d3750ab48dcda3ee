package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.clock.ClockAhead;
import io.r1platform.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Billing judges by the clock that gateways stamp with, whatever its own machine says. */
class DatabaseTimeIT {
  private static final Duration AHEAD = Duration.ofHours(7);

  @Test
  void whatIsStampedWithTheDatabasesTimeIsCharged() {
    TestDatabase database = TestDatabase.create();
    ClockAhead.install(database, AHEAD);
    String url = "--spring.datasource.url=" + ClockAhead.url(database);
    try (var billing = BillingFixture.onTheTimeOf(database, url)) {
      Instant now = Instant.now().plus(AHEAD).truncatedTo(ChronoUnit.MILLIS);
      var samples = new Samples(new Random(10), billing.priceSha256(), now);
      byte[] batch = Samples.batch(1, 1, 1, List.of(samples.charged(5, 0, 12, 40, 10)));
      assertThat(billing.postBatch(batch).json().path("results").toString())
          .isEqualTo("[\"ACCEPTED\"]");
      assertThat(billing.bean(Clock.class).instant()).isAfterOrEqualTo(now);
    }
  }
}
