package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.postgres.PostgresServer;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.processes.ProcessRecord;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The supervisor as the command line sees it: a process of its own, started, awaited, ended. */
public final class SupervisorProcess {
  private static final Duration START_LIMIT = Duration.ofMinutes(6);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(3);
  private final Home home;

  /** The supervisor of {@code home}. */
  public SupervisorProcess(Home home) {
    this.home = home;
  }

  static Path lockFile(Home home) {
    return home.run().resolve("supervisor.lock");
  }

  /** The running supervisor, if there is one. */
  public Optional<ProcessRecord> running() {
    return ProcessRecord.find(home, Part.SUPERVISOR)
        .filter(process -> process.running().isPresent());
  }

  /** Whether the running supervisor has seen every part ready. */
  public boolean hasBeenReady() {
    return running().isPresent() && steps().contains(Progress.READY);
  }

  /**
   * Starts a supervisor in a session of its own, so that no terminal's signal reaches it, and waits
   * until everything serves.
   *
   * @param step told each step
   * @throws IllegalStateException saying why the start failed
   */
  public void start(Instance instance, Consumer<String> step) {
    try {
      instance.save(home);
      Files.deleteIfExists(Progress.stepsOf(home));
      File log = home.log(Part.SUPERVISOR).toFile();
      Process process =
          new ProcessBuilder(command())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
              .redirectInput(new File("/dev/null"))
              .start();
      follow(process, step);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the supervisor", e);
    }
  }

  private List<String> command() {
    return List.of(
        "setsid",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        home.marker(),
        "-Xmx128m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        SupervisorMain.class.getName(),
        home.path().toString());
  }

  private void follow(Process process, Consumer<String> step) {
    var seen = new int[] {0};
    boolean ended =
        Await.until(
            START_LIMIT,
            () -> {
              boolean alive = process.isAlive();
              List<String> steps = steps();
              steps.subList(seen[0], steps.size()).stream()
                  .filter(line -> !isLast(line))
                  .forEach(step);
              seen[0] = steps.size();
              return !alive || steps.stream().anyMatch(SupervisorProcess::isLast);
            });
    String last = steps().isEmpty() ? "" : steps().getLast();
    if (last.equals(Progress.READY)) {
      return;
    }
    Await.until(STOP_LIMIT, () -> !process.isAlive());
    throw new IllegalStateException(
        last.startsWith(Progress.FAILED)
            ? last.substring(Progress.FAILED.length())
            : (ended ? "the supervisor ended" : "not ready in time")
                + "; see "
                + home.log(Part.SUPERVISOR));
  }

  private static boolean isLast(String line) {
    return line.equals(Progress.READY) || line.startsWith(Progress.FAILED);
  }

  private List<String> steps() {
    Path file = Progress.stepsOf(home);
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks the supervisor to end everything; returns when it has, false if none was running. */
  public boolean stop() {
    Optional<ProcessRecord> supervisor = running();
    supervisor.ifPresent(process -> process.stop(STOP_LIMIT));
    return supervisor.isPresent();
  }

  /**
   * Ends what a killed supervisor left running. Call it only while no supervisor runs.
   *
   * @param step told each process that is ended
   */
  public boolean stopOrphans(Ports ports, Consumer<String> step) {
    return new Orphans(home, new PostgresServer(home, ports, new Secrets(home))).stop(step);
  }
}
