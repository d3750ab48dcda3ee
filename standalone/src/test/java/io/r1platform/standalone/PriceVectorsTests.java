package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Gateway and billing choose prices with two copies of one rule. Each is tested against its copy of
 * one golden file; here the copies are compared.
 */
class PriceVectorsTests {
  @Test
  void bothServicesAnswerTheSameGoldenFile() {
    assertThat(vectors("api-service")).hasSameBinaryContentAs(vectors("billing-service"));
  }

  private static Path vectors(String module) {
    return Path.of("..", module, "src", "test", "resources", "price-vectors.json");
  }
}
