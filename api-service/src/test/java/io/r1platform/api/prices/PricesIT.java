package io.r1platform.api.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.FakeBilling;
import io.r1platform.api.RunningApi;
import io.r1platform.api.billing.BillingClient;
import io.r1platform.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PricesIT {
  /** While billing is away nothing can be published; while it is there, something may have been. */
  @Test
  void oldPricesHoldWhileBillingIsAwayButNotWhileItHidesThem() throws Exception {
    try (var billing = new FakeBilling();
        RunningApi api =
            RunningApi.start(TestDatabase.create(), Map.of("r1.api.billing.url", billing.url()))) {
      Prices prices = api.bean(Prices.class);
      BillingClient client = api.bean(BillingClient.class);
      billing.become(FakeBilling.Illness.DOWN);
      api.clock().advance(Duration.ofMinutes(5));
      prices.refresh();
      assertThat(prices.at(2, RunningApi.START)).as("billing is away").isPresent();
      billing.become(FakeBilling.Illness.HIDES_PRICES);
      prices.refresh();
      take(client);
      assertThat(prices.at(2, RunningApi.START))
          .as("it takes all else, and hides its prices")
          .isEmpty();
      billing.become(FakeBilling.Illness.NONE);
      prices.refresh();
      assertThat(prices.at(2, RunningApi.START)).isPresent();
    }
  }

  private static void take(BillingClient client) throws Exception {
    byte[] close =
        """
        {"source":"gateway","replica":"9","epoch":1,"last_seq":"0"}
        """
            .getBytes(StandardCharsets.UTF_8);
    assertThat(client.post("/internal/v1/epochs/close", "application/json", close).statusCode())
        .isEqualTo(204);
  }

  /** A gateway that was down while prices changed must not admit at the old ones. */
  @Test
  void billingIsAskedBeforeTheFirstRequestAndNotOnlyTheLastLifesAnswerUsed() {
    TestDatabase database = TestDatabase.create();
    try (var billing = new FakeBilling()) {
      Map<String, String> settings = Map.of("r1.api.billing.url", billing.url());
      RunningApi.start(database, settings).close();
      database.execute(
          "update api.price_answer"
              + " set body = cast(replace(body::text, '550000', '1') as jsonb)");
      try (RunningApi second = RunningApi.start(database, settings)) {
        Price price = second.bean(Prices.class).at(2, RunningApi.START).orElseThrow();
        assertThat(price.unit().miss().value()).isEqualTo(550_000);
        assertThat(second.bean(MeterRegistry.class).get("r1.prices.age").gauge().value()).isZero();
      }
    }
  }
}
