package io.r1platform.standalone.processes;

import io.r1platform.standalone.home.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process that was started here, as remembered in {@code run/<name>.process.json}.
 *
 * @param name the part, for instance {@code api-service}
 * @param pid its id
 * @param startedMillis its start, Unix milliseconds, as the operating system tells it
 * @param marker text that its command line contains
 * @param patienceMillis how long it may take to end before it is killed, whoever ends it
 */
public record ProcessRecord(
    String name, long pid, long startedMillis, String marker, long patienceMillis) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SUFFIX = ".process.json";

  /** The kernel counts starts from a boot time with a grain of one second. */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(2);

  /** Describes a process just started. */
  public static ProcessRecord of(
      String name, ProcessHandle process, String marker, Duration patience) {
    long started = process.info().startInstant().orElse(Instant.EPOCH).toEpochMilli();
    return new ProcessRecord(name, process.pid(), started, marker, patience.toMillis());
  }

  /** The process, if it still runs and is the one recorded. A zombie does not run. */
  public Optional<ProcessHandle> running() {
    return ProcessHandle.of(pid).filter(this::isThisOne);
  }

  private boolean isThisOne(ProcessHandle process) {
    var info = process.info();
    long started = info.startInstant().orElse(Instant.EPOCH).toEpochMilli();
    return Math.abs(started - startedMillis) <= START_TOLERANCE.toMillis()
        && info.commandLine().filter(line -> line.contains(marker)).isPresent();
  }

  /** Remembers this process. */
  public void save(Home home) {
    Home.write(home.run().resolve(name + SUFFIX), JSON.writeValueAsString(this));
  }

  /** Forgets the process of that name. */
  public static void forget(Home home, String name) {
    try {
      Files.deleteIfExists(home.run().resolve(name + SUFFIX));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is remembered under {@code name}. */
  public static Optional<ProcessRecord> find(Home home, String name) {
    return all(home).stream().filter(process -> process.name.equals(name)).findFirst();
  }

  /** Everything remembered, running or not. */
  public static List<ProcessRecord> all(Home home) {
    try (Stream<Path> files = Files.list(home.run())) {
      return files
          .filter(file -> file.toString().endsWith(SUFFIX))
          .sorted()
          .flatMap(ProcessRecord::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nothing if it was forgotten meanwhile, or is not whole: then it is as if never written. */
  private static Stream<ProcessRecord> read(Path file) {
    try {
      return Stream.ofNullable(JSON.readValue(Files.readString(file), ProcessRecord.class));
    } catch (JacksonException | NoSuchFileException e) {
      return Stream.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** Asks the process to end, kills it when its patience is over; returns when it is gone. */
  public void stop() {
    running().ifPresent(ProcessHandle::destroy);
    if (!Await.until(Duration.ofMillis(patienceMillis), () -> running().isEmpty())) {
      running().ifPresent(ProcessHandle::destroyForcibly);
      Await.until(Duration.ofSeconds(10), () -> running().isEmpty());
    }
  }
}
