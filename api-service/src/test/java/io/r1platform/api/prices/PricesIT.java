package io.r1platform.api.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.FakeBilling;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PricesIT {
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
