package io.r1platform.standalone.processes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How to run one part.
 *
 * @param name for instance {@code api-service}
 * @param command program and arguments
 * @param environment asked for before each start and added to this process's own; may throw {@link
 *     IllegalStateException}
 * @param log where its output goes, appended
 * @param marker text of the command line by which a later supervisor recognises the process
 * @param ready whether it serves; looked at often, must answer within a second or two
 * @param prepare run before each start; may throw {@link IllegalStateException}
 * @param end asks the given process to end; must not wait
 * @param patience how long it may take to end before it is killed
 */
public record Plan(
    String name,
    List<String> command,
    Supplier<Map<String, String>> environment,
    Path log,
    String marker,
    BooleanSupplier ready,
    Runnable prepare,
    Consumer<ProcessHandle> end,
    Duration patience) {
  /** Takes a copy of the command. */
  public Plan {
    command = List.copyOf(command);
  }
}
