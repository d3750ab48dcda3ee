package io.r1platform.standalone.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.R1;
import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.postgres.PostgresServer;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.processes.CommandLine;
import io.r1platform.standalone.processes.ProcessRecord;
import io.r1platform.standalone.supervisor.SupervisorProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code up} as a process of its own, in a checkout without jars. */
class UpIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir private Path directory;

  @Test
  void leavesNothingRunningWhenItIsEndedDuringTheStart() throws Exception {
    var home = new Home(directory);
    var ports = Ports.free();
    var supervisor = new SupervisorProcess(home);
    Process up = start(home, ports);
    try {
      assertThat(Await.until(LIMIT, () -> hasRecord(home, "supervisor"))).isTrue();

      up.destroy(); // as Ctrl-C does

      assertThat(Await.until(LIMIT, () -> !up.isAlive())).isTrue();
      assertThat(home.run().resolve("steps")).content().contains("stopped");
      assertThat(supervisor.running()).isEmpty();
      assertThat(CommandLine.withArgument(home.marker())).isEmpty();
      assertThat(new PostgresServer(home, ports, new Secrets(home)).stopLeftovers()).isFalse();
    } finally {
      up.destroyForcibly();
      supervisor.stop();
      supervisor.stopOrphans(step -> {});
    }
  }

  private static boolean hasRecord(Home home, String name) {
    return ProcessRecord.find(home, name).isPresent();
  }

  private Process start(Home home, Ports ports) throws Exception {
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dr1.root=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                R1.class.getName(),
                "up",
                "--no-build")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("up.txt").toFile());
    ports.byName().forEach((name, port) -> builder.environment().put(name.variable(), "" + port));
    builder.environment().put("R1_HOME", home.path().toString());
    return builder.start();
  }
}
