package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Finish;
import io.r1platform.api.metering.Outcome;
import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.prices.UnitPrices;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RequestRowTests {
  @Test
  void namesThePriceWindowThatWasCharged() {
    var unit = new UnitPrices(new Pico(1), new Pico(2), new Pico(3), new Pico(3));
    var price = new Price("17", "ab".repeat(32), "USD", unit, 3, unit);
    var at = Instant.parse("2026-11-25T16:30:00Z");
    var admission = Admission.of(new UUID(1, 2), new Caller(7, 8, 9), 2, price, 100, true, at);
    var outcome = new Outcome(Finish.STOP, new Tokens(1, 2, 3, 4), false, 5, "00".repeat(32), at);
    var row =
        RequestRow.of(
            admission, "m", "u:1", "1.1", outcome, admission.charge(outcome), new TokenGaps());
    assertThat(row.window()).isEqualTo(3);
    assertThat(row.priceVersion()).isEqualTo("pv_17");
    assertThat(row.amountPico()).isEqualTo(1 + 4 + 21);
  }
}
