package io.r1platform.standalone.commands;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Ends everything in order; streams that run get the time to finish. */
@Command(name = "down", description = "Stop everything: the API first, PostgreSQL last.")
final class Down implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  Down(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    var supervisor = invocation.supervisor();
    boolean was = supervisor.stop();
    var out = spec.commandLine().getOut();
    boolean orphans = supervisor.stopOrphans(out::println);
    out.println(was || orphans ? "stopped" : "was not running");
    return 0;
  }
}
