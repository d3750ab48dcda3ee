package io.r1platform.standalone;

import io.r1platform.standalone.commands.CommandTable;
import io.r1platform.standalone.commands.Invocation;
import java.nio.file.Path;
import java.time.Clock;
import picocli.CommandLine;

/** Where {@code ./r1} hands over to Java. The script tells the checkout in {@code r1.root}. */
public final class R1 {
  private R1() {}

  /** Runs one command; the exit code is the command's. */
  public static void main(String[] arguments) {
    Path root = Path.of(System.getProperty("r1.root", ".")).toAbsolutePath().normalize();
    var invocation = Invocation.of(root, System.getenv(), Clock.systemUTC());
    CommandLine commands = CommandTable.of(invocation);
    int exit = commands.execute(arguments);
    commands.getOut().flush(); // only a whole println flushes by itself
    System.exit(exit);
  }
}
