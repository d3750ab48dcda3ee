package io.r1platform.standalone.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.postgres.PostgresServer;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.processes.ProcessRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orphans that are shell scripts with the marks of our services. */
class OrphansTests {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private final List<Process> started = new ArrayList<>();
  private final List<String> steps = new ArrayList<>();

  @TempDir private Path directory;
  private Home home = new Home(Path.of("unused"));

  @BeforeEach
  void takeTheTestsOwnDirectory() {
    home = new Home(directory);
  }

  @AfterEach
  void leaveNoProcess() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void givesAnOrphanThePatienceOfItsOwnPlan() throws Exception {
    Process hurried = start("trap '' TERM; while :; do sleep 0.1; done", home.marker());
    Process slow =
        start(
            "trap 'sleep 1; touch drained; exit' TERM; while :; do sleep 0.1; done", home.marker());
    record("a", hurried, Duration.ofMillis(300));
    record("b", slow, Duration.ofSeconds(20));

    long begun = System.nanoTime();
    assertThat(orphans().stop(steps::add)).isTrue();

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
    assertThat(hurried.waitFor()).isEqualTo(137);
    assertThat(slow.waitFor()).isZero();
    assertThat(directory.resolve("drained")).exists();
    assertThat(ProcessRecord.all(home)).isEmpty();
  }

  @Test
  void theSupervisorHasTimeForTheLastOfItsChildren() {
    Duration children = ServicePlans.PATIENCE.multipliedBy(3).plus(PostgresServer.STOP_PATIENCE);

    assertThat(SupervisorProcess.STOP_LIMIT).isGreaterThan(children);
  }

  @Test
  void endsAServiceWhoseSupervisorWasKilledBeforeItWroteARecord() throws Exception {
    String jar = home.apps().resolve(Part.API.service()).resolve("api-service.jar").toString();
    Process service = start("while :; do sleep 0.1; done", home.marker(), jar);
    Process ofAnotherHome = start("while :; do sleep 0.1; done", home.marker() + "2", jar);
    Process noService = start("while :; do sleep 0.1; done", home.marker());

    assertThat(orphans().stop(steps::add)).isTrue();

    assertThat(service.waitFor()).isEqualTo(143);
    assertThat(ofAnotherHome.isAlive()).isTrue();
    assertThat(noService.isAlive()).isTrue();
    assertThat(steps).containsExactly("stopping orphan api-service, pid " + service.pid());
  }

  private Orphans orphans() {
    return new Orphans(home, new PostgresServer(home, Ports.from(Map.of()), new Secrets(home)));
  }

  private void record(String name, Process process, Duration patience) {
    ProcessRecord.of(name, process.toHandle(), home.marker(), patience).save(home);
  }

  /** Returns when the script has set its trap. */
  private Process start(String script, String... arguments) throws Exception {
    Path ready = directory.resolve("ready-" + started.size());
    String whole = script.replaceFirst("while", "touch " + ready + "; while");
    var command = new ArrayList<>(List.of("bash", "-c", whole, "bash"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).directory(directory.toFile()).start();
    started.add(process);
    assertThat(Await.until(LIMIT, () -> Files.exists(ready))).isTrue();
    return process;
  }
}
