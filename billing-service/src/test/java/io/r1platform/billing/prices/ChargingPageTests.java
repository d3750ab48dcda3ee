package io.r1platform.billing.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.money.Dollars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page that tenants read says the published rule, and its examples add up. */
class ChargingPageTests {
  private static final Path PAGE = Path.of("..", "docs", "charging.md");
  private static final long HIT = 140_000;
  private static final long MISS = 550_000;
  private static final long OUTPUT = 2_190_000;
  private static final String RULE =
      "A request that produced no output token is free. A request that produced at least one costs"
          + " its prompt plus every output token, reasoning included, that the engine generated"
          + " until it was stopped, whoever stopped it: the model, the length limit, the client, a"
          + " time limit or a failure. The price is that of the moment of admission. Attempts that"
          + " the platform repeats are free, and so is a request whose final record the platform"
          + " lost. Nothing is ever estimated.";

  @Test
  void ruleStandsWordForWord() throws IOException {
    assertThat(Files.readAllLines(PAGE)).contains("> " + RULE);
  }

  @Test
  void everyExampleAddsUp() throws IOException {
    List<String[]> examples =
        Files.readAllLines(PAGE).stream()
            .map(line -> line.split(" *\\| *"))
            .filter(cells -> cells.length == 7 && cells[2].matches("\\d+"))
            .toList();
    assertThat(examples).hasSizeGreaterThan(10);
    for (String[] cells : examples) {
      long pico =
          HIT * Long.parseLong(cells[2])
              + MISS * Long.parseLong(cells[3])
              + OUTPUT * (Long.parseLong(cells[4]) + Long.parseLong(cells[5]));
      assertThat(cells[6]).as(cells[1]).isEqualTo(Dollars.of(pico));
    }
  }
}
