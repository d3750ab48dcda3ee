package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** What the supervisor says: dated lines in its log, and plain steps for the waiting {@code up}. */
final class Progress {
  /** The last line of the start when everything serves. */
  static final String READY = "ready";

  /** Begins the last line when the start, or later the supervisor itself, failed. */
  static final String FAILED = "failed: ";

  /** The last line when somebody asked for the end of what served. */
  static final String STOPPING = "stopping";

  private final Path log;
  private final Path steps;
  private final Clock clock;

  Progress(Home home, Clock clock) {
    this.log = home.log(Part.SUPERVISOR);
    this.steps = stepsOf(home);
    this.clock = clock;
  }

  static Path stepsOf(Home home) {
    return home.run().resolve("steps");
  }

  /** A line for the log only. */
  synchronized void note(String line) {
    append(log, clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + line + "\n");
  }

  /** A step of the start. */
  void step(String line) {
    note(line);
    append(steps, line + "\n");
  }

  private static void append(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
