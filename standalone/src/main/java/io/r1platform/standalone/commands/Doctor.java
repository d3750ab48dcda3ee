package io.r1platform.standalone.commands;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says which prerequisite is missing and how to get it. */
@Command(
    name = "doctor",
    description = "Check what R1 Platform needs; exit code 1 if something is missing.")
final class Doctor implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  Doctor(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    return new Prerequisites(invocation.root(), out::println).areMet() ? 0 : 1;
  }
}
