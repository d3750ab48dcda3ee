package io.r1platform.standalone.commands;

import io.r1platform.standalone.models.ModelRefused;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.core.JacksonException;

/** Every command under the one name. */
@Command(
    name = "r1",
    description = "R1 Platform on this machine: start it, use it, check it.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "State lies in .r1/ (R1_HOME moves it). Ports: R1_API_PORT 8080, R1_API_MANAGEMENT_PORT"
          + " 8081,",
      "R1_INFERENCE_PORT 8090, R1_INFERENCE_MANAGEMENT_PORT 8091, R1_BILLING_PORT 8070,",
      "R1_BILLING_MANAGEMENT_PORT 8071, R1_POSTGRES_PORT 15432. Everything is on 127.0.0.1."
    },
    mixinStandardHelpOptions = true,
    version = "R1 Platform 0.1.0")
public final class CommandTable {
  private static final int REFUSED = 2; // as for arguments that are wrong

  private CommandTable() {}

  /** The command line for one invocation. */
  public static CommandLine of(Invocation invocation) {
    var line = new CommandLine(new CommandTable());
    line.addSubcommand(new Up(invocation))
        .addSubcommand(new Down(invocation))
        .addSubcommand(new Status(invocation))
        .addSubcommand(new Logs(invocation))
        .addSubcommand(
            new CommandLine(new Key(invocation))
                .addSubcommand(new KeyList(invocation))
                .addSubcommand(new KeyRotate(invocation)))
        .addSubcommand(
            new CommandLine(new ModelCommand())
                .addSubcommand(new ModelList(invocation))
                .addSubcommand(new ModelAdd(invocation))
                .addSubcommand(new ModelUse(invocation))
                .addSubcommand(new ModelPrice(invocation))
                .addSubcommand(new ModelRemove(invocation)))
        .addSubcommand(new LimitCommand(invocation))
        .addSubcommand(new Admin(invocation))
        .addSubcommand(new CommandLine(new Audit()).addSubcommand(new AuditVerify(invocation)))
        .addSubcommand(new Reconcile(invocation))
        .addSubcommand(new ExportCommand(invocation))
        .addSubcommand(evaluation(invocation))
        .addSubcommand(new Test(invocation))
        .addSubcommand(new Bench(invocation))
        .addSubcommand(new Trace(invocation))
        .addSubcommand(new Docs(invocation))
        .addSubcommand(new Doctor(invocation));
    line.setExecutionExceptionHandler(CommandTable::explain);
    line.getSubcommands().values().forEach(CommandTable::explainable);
    line.addSubcommand(new CommandLine.HelpCommand());
    return line;
  }

  /** All that follows the first argument that is not {@code --help} is its program's. */
  private static CommandLine evaluation(Invocation invocation) {
    return new CommandLine(new Eval(invocation))
        .setStopAtPositional(true)
        .setUnmatchedOptionsArePositionalParams(true);
  }

  /** {@code --help} on every command. */
  @Command(mixinStandardHelpOptions = true)
  static final class Help {}

  private static void explainable(CommandLine command) {
    command.addMixin("help", new Help());
    command.getSubcommands().values().forEach(CommandTable::explainable);
  }

  private static int explain(Exception exception, CommandLine line, CommandLine.ParseResult parsed)
      throws Exception {
    if (exception instanceof IllegalStateException
        || exception instanceof IllegalArgumentException
        || exception instanceof UncheckedIOException
        || exception instanceof JacksonException) {
      line.getErr().println("r1: " + exception.getMessage());
      line.getErr().flush();
      return exception instanceof ModelRefused ? REFUSED : 1;
    }
    throw exception;
  }
}
