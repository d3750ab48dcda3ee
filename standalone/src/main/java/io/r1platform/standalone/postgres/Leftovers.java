package io.r1platform.standalone.postgres;

import io.r1platform.standalone.processes.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Processes of an earlier server: PostgreSQL's own run in the data directory, so their working
 * directory tells them from every other process, also when the postmaster was killed and left its
 * back ends behind.
 */
final class Leftovers {
  private static final Duration BACKENDS_NOTICE = Duration.ofSeconds(10);

  private Leftovers() {}

  /** The processes that work in {@code data}. A zombie works nowhere. */
  static List<ProcessHandle> in(Path data) {
    return ProcessHandle.allProcesses().filter(process -> worksIn(process, data)).toList();
  }

  /**
   * Waits until no back end of a killed postmaster is left (they notice within seconds), kills the
   * rest, and removes the lock file, which would otherwise block the start once its process id has
   * been given to somebody else.
   */
  static void clear(Path data) {
    if (!Await.until(BACKENDS_NOTICE, () -> in(data).isEmpty())) {
      in(data).forEach(ProcessHandle::destroyForcibly);
      if (!Await.until(BACKENDS_NOTICE, () -> in(data).isEmpty())) {
        throw new IllegalStateException(
            "processes of an earlier PostgreSQL do not end: " + in(data));
      }
    }
    try {
      Files.deleteIfExists(data.resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean worksIn(ProcessHandle process, Path data) {
    Path link = Path.of("/proc", Long.toString(process.pid()), "cwd");
    try {
      return Files.readSymbolicLink(link).equals(data);
    } catch (IOException e) {
      return false; // ended meanwhile, a zombie, or somebody else's
    }
  }
}
