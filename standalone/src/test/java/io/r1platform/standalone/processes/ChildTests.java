package io.r1platform.standalone.processes;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.home.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A child that is a shell script: scripted, real, and gone after each test. */
class ChildTests {
  private static final String MARKER = "600";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private final Queue<String> reports = new ConcurrentLinkedQueue<>();

  @TempDir private Path directory;
  private Home home = new Home(Path.of("unused"));

  @BeforeEach
  void takeTheTestsOwnDirectory() {
    home = new Home(directory);
  }

  @AfterEach
  void leaveNoProcess() {
    ProcessRecord.all(home).forEach(process -> process.stop());
  }

  @Test
  void startsAgainWhatWasKilled() {
    Child child = child("exec sleep 600", () -> true).start();
    assertThat(child.awaitReady(LIMIT, () -> false)).isTrue();
    ProcessRecord first = recorded();

    first.running().orElseThrow().destroyForcibly();

    assertThat(
            Await.until(
                LIMIT,
                () ->
                    ProcessRecord.find(home, "part")
                        .filter(second -> second.pid() != first.pid())
                        .flatMap(ProcessRecord::running)
                        .isPresent()))
        .isTrue();
    child.stop();
    assertThat(ProcessRecord.all(home)).isEmpty();
    assertThat(reports).anyMatch(line -> line.contains("ended with exit code 137"));
  }

  @Test
  void givesUpWhatNeverBecomesReady() {
    Child child = child("echo broken; exit 3", () -> false).start();

    assertThat(child.awaitReady(LIMIT, () -> false)).isFalse();

    child.stop();
    assertThat(reports.stream().filter(line -> line.contains("exit code 3"))).hasSize(3);
    assertThat(home.log("part")).content().contains("broken");
  }

  @Test
  void stopsWaitingWhenAskedTo() {
    Child child = child("exec sleep 600", () -> false).start();

    assertThat(child.awaitReady(LIMIT, () -> true)).isFalse();

    child.stop();
  }

  @Test
  void killsWhatDoesNotEnd() {
    Path ignores = directory.resolve("ignores");
    Child child =
        child("trap '' TERM; touch " + ignores + "; while :; do sleep 600; done", () -> true)
            .start();
    assertThat(Await.until(LIMIT, () -> Files.exists(ignores))).isTrue();
    ProcessRecord process = recorded();

    child.stop();

    assertThat(process.running()).isEmpty();
    assertThat(reports).anyMatch(line -> line.contains("did not end in 0 s: killed"));
  }

  @Test
  void recognisesAProcessOnlyByAllItsMarks() {
    Child child = child("exec sleep 600", () -> true).start();
    child.awaitReady(LIMIT, () -> false);
    ProcessRecord process = recorded();

    assertThat(process.running()).isPresent();
    assertThat(with(process, process.startedMillis() - 60_000, MARKER).running()).isEmpty();
    assertThat(with(process, process.startedMillis(), "another home").running()).isEmpty();

    child.stop();
    assertThat(process.running()).isEmpty();
  }

  private static ProcessRecord with(ProcessRecord process, long started, String marker) {
    return new ProcessRecord(
        process.name(), process.pid(), started, marker, process.patienceMillis());
  }

  private ProcessRecord recorded() {
    assertThat(Await.until(LIMIT, () -> ProcessRecord.find(home, "part").isPresent())).isTrue();
    return ProcessRecord.find(home, "part").orElseThrow();
  }

  private Child child(String script, BooleanSupplier ready) {
    var plan =
        new Plan(
            "part",
            List.of("bash", "-c", script),
            Map::of,
            home.log("part"),
            MARKER,
            ready,
            () -> {},
            ProcessHandle::destroy,
            script.startsWith("trap") ? Duration.ZERO : Duration.ofSeconds(10));
    return new Child(home, plan, reports::add);
  }
}
