package io.r1platform.eval;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Map;
import picocli.CommandLine;

/** Where {@code ./r1 eval} hands over to this module's own process. */
public final class EvalApplication {
  private EvalApplication() {}

  /** Runs one command; the exit code is the command's. */
  public static void main(String[] arguments) {
    CommandLine commands = commands(System.getenv(), Clock.systemUTC());
    int exit = commands.execute(arguments);
    commands.getOut().flush();
    System.exit(exit); // an algebra thread that was left behind must not hold the process
  }

  /** All commands. */
  static CommandLine commands(Map<String, String> environment, Clock clock) {
    var line =
        new CommandLine(new EvalCommand(environment, clock))
            .addSubcommand(new GenerateCommand(clock))
            .addSubcommand(new BarsCommand(environment, clock))
            .addSubcommand(new CheckCommand());
    line.setExecutionExceptionHandler(EvalApplication::explain);
    return line;
  }

  private static int explain(Exception exception, CommandLine line, CommandLine.ParseResult parsed)
      throws Exception {
    if (exception instanceof IllegalStateException
        || exception instanceof IllegalArgumentException
        || exception instanceof UncheckedIOException) {
      line.getErr().println("r1 eval: " + exception.getMessage());
      line.getErr().flush();
      return 1;
    }
    throw exception;
  }
}
