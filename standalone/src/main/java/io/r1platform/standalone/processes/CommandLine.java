package io.r1platform.standalone.processes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A running process and its whole command line. The JDK tells only the first page of it, and a
 * class path may be longer, so it is read from {@code /proc}.
 *
 * @param process it
 * @param arguments the program's name, then what it was given
 */
public record CommandLine(ProcessHandle process, List<String> arguments) {
  /** Copies what could change. */
  public CommandLine {
    arguments = List.copyOf(arguments);
  }

  /** The processes that run with exactly this argument among others. A zombie has none. */
  public static List<CommandLine> withArgument(String argument) {
    return ProcessHandle.allProcesses()
        .flatMap(CommandLine::read)
        .filter(line -> line.arguments.contains(argument))
        .toList();
  }

  private static Stream<CommandLine> read(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return Stream.of(new CommandLine(process, List.of(text.split("\0", -1))));
    } catch (IOException e) {
      return Stream.empty(); // ended meanwhile, or somebody else's
    }
  }
}
