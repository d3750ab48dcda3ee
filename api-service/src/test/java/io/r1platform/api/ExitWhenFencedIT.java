package io.r1platform.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class ExitWhenFencedIT {
  private static final CompletableFuture<Integer> EXIT = new CompletableFuture<>();

  @Test
  void theProcessEndsWhenAPeerHasTakenItsPlace() {
    TestDatabase database = TestDatabase.create();
    try (var billing = new FakeBilling();
        var api =
            RunningApi.start(
                database, Map.of("r1.api.billing.url", billing.url()), Recorded.class)) {
      assertThat(api.isRunning()).isTrue();

      database.execute("update api.replica set epoch = epoch + 1");

      assertThat(EXIT.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(ExitWhenFenced.CODE);
      assertThat(api.isRunning()).isFalse();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Recorded {
    @Bean
    ExitWhenFenced exitWhenFenced() {
      return new ExitWhenFenced(EXIT::complete);
    }
  }
}
