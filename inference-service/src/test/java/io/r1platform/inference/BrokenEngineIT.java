package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.inference.generation.BrokenEngine;
import io.r1platform.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whatever breaks in the engine or its thread: nobody waits for it for ever. */
final class BrokenEngineIT {
  private final TestDatabase database = TestDatabase.create();
  private final UUID id = RunningService.eventId();
  @TempDir Path directory;

  /** Runs the process to its end, which is with 70, and returns what it said. */
  private String log(BrokenEngine.Scenario scenario) throws Exception {
    return log(scenario, "2s");
  }

  private String log(BrokenEngine.Scenario scenario, String stallTimeout) throws Exception {
    Path tokens = Files.writeString(directory.resolve("tokens"), RunningService.TOKEN + "\n");
    String name = scenario.name().toLowerCase(Locale.ROOT).replace('_', '-');
    Path log = Path.of("target", "broken-engine-" + name + ".log");
    try (var billing = new BillingFake()) {
      var command =
          new ArrayList<String>(
              List.of(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  BrokenEngine.class.getName(),
                  scenario.name(),
                  id.toString(),
                  "--server.port=0",
                  "--management.server.port=0",
                  "--r1.inference.generation.stall-timeout=" + stallTimeout,
                  "--r1.inference.generation.drain-timeout=1s",
                  "--r1.inference.generation.threads=1",
                  "--r1.inference.models[0].path=" + RunningService.FIXTURE,
                  "--r1.inference.security.token-file=" + tokens,
                  "--r1.inference.receipts.billing-token-file=" + tokens,
                  "--r1.inference.receipts.billing-url=" + billing.uri()));
      database
          .springProperties("inference")
          .forEach((key, value) -> command.add("--" + key + "=" + value));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("it ends").isTrue();
        assertThat(process.exitValue()).isEqualTo(70);
      } finally {
        process.destroyForcibly();
      }
    }
    return Files.readString(log);
  }

  private List<String> receipts() {
    return JdbcClient.create(database.superuser())
        .sql(
            """
            select finish || ' ' || (tok_out > 0) || ' ' || (tok_hit + tok_miss)
            from inference.engine_receipt where event_id = ?
            """)
        .param(id)
        .query(String.class)
        .list();
  }

  @Test
  void aHungEngineEndsItsRequestsWithReceiptsAndItsProcessWith70() throws Exception {
    assertThat(log(BrokenEngine.Scenario.STANDS_STILL))
        .contains("The engine stands still", "told: ENGINE_FAILED, alive: false");
    assertThat(receipts()).containsExactly("error false 0");
  }

  @Test
  void anErrorOnTheEnginesThreadEndsItsRequestsWithReceiptsAndItsProcessWith70() throws Exception {
    assertThat(log(BrokenEngine.Scenario.THREAD_DIES))
        .contains("The engine died", "told: ENGINE_FAILED, alive: false");
    assertThat(receipts()).containsExactly("error true 1");
  }

  @Test
  void anEnginesThreadThatDoesNotComeBackIsGivenUpByAnother() throws Exception {
    assertThat(log(BrokenEngine.Scenario.THREAD_HANGS))
        .contains("does not come back", "told: ENGINE_FAILED, alive: false");
    assertThat(receipts()).containsExactly("error true 1");
  }

  /** What it counts can then not be read, so there is no receipt: the gateway takes what it saw. */
  @Test
  void anEnginesThreadThatHangsInAListenerEndsTheProcessAllTheSame() throws Exception {
    assertThat(log(BrokenEngine.Scenario.LISTENER_HANGS)).contains("does not come back");
    assertThat(receipts()).isEmpty();
  }

  @Test
  void anEngineThatDoesNotStopLeavesReceiptsOfWhatItRan() throws Exception {
    assertThat(log(BrokenEngine.Scenario.STOP_HANGS, "60s"))
        .contains("The engine does not stop", "told: ENGINE_FAILED");
    assertThat(receipts()).containsExactly("error true 1");
  }

  @Test
  void aProcessThatCanWriteNoMoreReceiptsEndsWith70() throws Exception {
    assertThat(log(BrokenEngine.Scenario.RECEIPTS_END)).contains("told: METERING_UNAVAILABLE");
    assertThat(receipts()).isEmpty();
  }
}
