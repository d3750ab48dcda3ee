package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.postgres.PostgresServer;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.processes.CommandLine;
import io.r1platform.standalone.processes.ProcessRecord;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The supervisor as the command line sees it: a process of its own, started, awaited, ended. */
public final class SupervisorProcess {
  /** Longer than the supervisor may wait for its children, one after the other. */
  static final Duration STOP_LIMIT =
      ServicePlans.PATIENCE
          .multipliedBy(Part.values().length)
          .plus(PostgresServer.STOP_PATIENCE)
          .plusMinutes(1);

  /** Longer than orphans may take to end and the parts to start, which the supervisor limits. */
  private static final Duration START_LIMIT = STOP_LIMIT.plusMinutes(15);

  private static final Duration LAUNCH_LIMIT = Duration.ofSeconds(20);
  private static final String ENDED = "the supervisor ended";
  private static final Duration PART_LIMIT = Duration.ofMinutes(4);

  private final Home home;
  private boolean ended;

  /** The supervisor of {@code home}. */
  public SupervisorProcess(Home home) {
    this.home = home;
  }

  static Path lockFile(Home home) {
    return home.run().resolve("supervisor.lock");
  }

  /** The running supervisor, if there is one: by its record, else by its command line. */
  public Optional<ProcessRecord> running() {
    return ProcessRecord.find(home, Part.SUPERVISOR)
        .filter(process -> process.running().isPresent())
        .or(this::withoutRecord);
  }

  private Optional<ProcessRecord> withoutRecord() {
    return CommandLine.withArgument(home.marker()).stream()
        .filter(line -> line.arguments().contains(SupervisorMain.class.getName()))
        .map(line -> recordOf(home, line.process()))
        .findFirst();
  }

  static ProcessRecord recordOf(Home home, ProcessHandle process) {
    return ProcessRecord.of(Part.SUPERVISOR, process, home.marker(), STOP_LIMIT);
  }

  /** Whether the last supervisor has seen every part ready, and nothing has failed since. */
  public boolean hasBeenReady() {
    return failure(steps()).isEmpty() && steps().contains(Progress.READY);
  }

  /** Whether one runs, and goes on to run: it has not failed and nobody has asked for its end. */
  public boolean isUp() {
    return running().isPresent() && failure(steps()).isEmpty() && !wasStopped();
  }

  /** Whether somebody asked the last supervisor to end. */
  public boolean wasStopped() {
    return steps().contains(Progress.STOPPING);
  }

  /**
   * Starts a supervisor in a session of its own, so that no terminal's signal reaches it, and waits
   * until everything serves. Of several that start at once, one does.
   *
   * @param step told each step
   * @return false if somebody else was faster: nothing was done
   * @throws IllegalStateException saying why the start failed
   */
  public boolean start(Instance instance, Consumer<String> step) {
    Process launched;
    try (var channel =
            FileChannel.open(
                home.run().resolve("launch.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      if (isUp()) {
        return false;
      }
      if (stop()) {
        step.accept("an earlier supervisor that was ending has ended");
      }
      launched = launch(instance);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the supervisor", e);
    }
    awaitReady(step, launched::isAlive);
    return true;
  }

  private boolean isRecorded(Process process) {
    return ProcessRecord.find(home, Part.SUPERVISOR)
        .filter(record -> record.pid() == process.pid())
        .isPresent();
  }

  /** Returns when it can be found by its record. */
  private synchronized Process launch(Instance instance) throws IOException {
    if (ended) {
      throw new IllegalStateException("ended before the start");
    }
    instance.save(home);
    Files.deleteIfExists(Progress.stepsOf(home));
    File log = home.log(Part.SUPERVISOR).toFile();
    Process launched =
        new ProcessBuilder(command())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .redirectInput(new File("/dev/null"))
            .start();
    Await.until(LAUNCH_LIMIT, () -> !launched.isAlive() || isRecorded(launched));
    return launched;
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

  /**
   * Follows the start that is under way, whoever began it, then waits for each part that does not
   * serve now, because it was killed and starts again.
   *
   * @param step told each step from here on, and those of a start that is not over
   * @throws IllegalStateException saying what does not serve and where to read why
   */
  public void awaitReady(Consumer<String> step) {
    awaitReady(step, () -> running().isPresent());
  }

  private void awaitReady(Consumer<String> step, BooleanSupplier running) {
    var shown = new AtomicInteger(hasBeenReady() ? steps().size() : 0);
    boolean over =
        Await.until(
            START_LIMIT,
            () -> {
              boolean alive = running.getAsBoolean();
              List<String> steps = steps();
              steps.stream().skip(shown.get()).filter(line -> !isLast(line)).forEach(step);
              shown.set(steps.size());
              return !alive || steps.stream().anyMatch(SupervisorProcess::isLast);
            });
    if (!hasBeenReady()) {
      Optional<String> why = failure(steps());
      if (why.isPresent()) {
        Await.until(STOP_LIMIT, () -> running().isEmpty());
      }
      throw new IllegalStateException(why.orElse((over ? ENDED : "not ready in time") + seeLog()));
    }
    awaitParts(step);
  }

  private void awaitParts(Consumer<String> step) {
    var probe = new Probe(Instance.load(home).orElseThrow().ports());
    for (Part part : Part.values()) {
      if (probe.isReady(part)) {
        continue;
      }
      step.accept("waiting for " + part.service());
      Await.until(PART_LIMIT, () -> running().isEmpty() || probe.isReady(part));
      if (running().isEmpty()) {
        throw new IllegalStateException(ENDED + seeLog());
      }
      if (!probe.isReady(part)) {
        throw new IllegalStateException(
            part.service() + " does not serve; see " + home.log(part.service()));
      }
      step.accept(part.service() + " is ready");
    }
  }

  private static boolean isLast(String line) {
    return line.equals(Progress.READY)
        || line.equals(Progress.STOPPING)
        || line.startsWith(Progress.FAILED);
  }

  private static Optional<String> failure(List<String> steps) {
    return steps.stream()
        .filter(line -> line.startsWith(Progress.FAILED))
        .map(line -> line.substring(Progress.FAILED.length()))
        .findFirst();
  }

  private String seeLog() {
    return "; see " + home.log(Part.SUPERVISOR);
  }

  private List<String> steps() {
    Path file = Progress.stepsOf(home);
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks the supervisor to end everything; returns when it has, false if none was running. */
  public boolean stop() {
    Optional<ProcessRecord> supervisor = running();
    supervisor.ifPresent(ProcessRecord::stop);
    return supervisor.isPresent();
  }

  /** Stops it, also one that {@link #start} is about to start, and lets this start none again. */
  public synchronized void end() {
    ended = true;
    stop();
  }

  /**
   * Ends what a killed supervisor left running. Call it only while no supervisor runs.
   *
   * @param step told each process that is ended
   */
  public boolean stopOrphans(Consumer<String> step) {
    Ports any = Ports.from(Map.of()); // nothing is found by its port
    return new Orphans(home, new PostgresServer(home, any, new Secrets(home))).stop(step);
  }
}
