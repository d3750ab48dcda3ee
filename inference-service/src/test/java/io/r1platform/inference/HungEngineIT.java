package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.inference.generation.HungEngine;
import io.r1platform.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An engine that has work and does nothing: nobody waits for it for ever. */
final class HungEngineIT {
  private final TestDatabase database = TestDatabase.create();

  @Test
  void aHungEngineEndsItsRequestsWithReceiptsAndItsProcessWith70(@TempDir Path directory)
      throws Exception {
    Path tokens = Files.writeString(directory.resolve("tokens"), RunningService.TOKEN + "\n");
    UUID id = RunningService.eventId();
    Path log = Path.of("target", "hung-engine.log");
    try (var billing = new BillingFake()) {
      var command =
          new ArrayList<String>(
              List.of(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  HungEngine.class.getName(),
                  id.toString(),
                  "--server.port=0",
                  "--management.server.port=0",
                  "--r1.inference.generation.stall-timeout=2s",
                  "--r1.inference.models.path=" + RunningService.FIXTURE,
                  "--r1.inference.security.token-file=" + tokens,
                  "--r1.inference.receipts.billing-token-file=" + tokens,
                  "--r1.inference.receipts.billing-url=" + billing.uri()));
      database
          .springProperties("inference")
          .forEach((name, value) -> command.add("--" + name + "=" + value));

      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();

      assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(70);
    }
    assertThat(Files.readString(log)).contains("The engine stands still", "told: ENGINE_FAILED");
    assertThat(
            JdbcClient.create(database.superuser())
                .sql(
                    """
                    select finish || ' ' || tok_out || ' ' || (tok_hit + tok_miss)
                    from inference.engine_receipt where event_id = ?
                    """)
                .param(id)
                .query(String.class)
                .single())
        .isEqualTo("error 0 0");
  }
}
