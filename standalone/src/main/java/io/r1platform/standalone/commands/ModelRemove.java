package io.r1platform.standalone.commands;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Forgets a model. */
@Command(
    name = "remove",
    description = {
      "Forget a model that is not in use. Its file stays, but for a copy (--copy).",
      "Its number and name are never given again: records and prices have them."
    })
final class ModelRemove implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "As r1 model list has it.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String name;

  ModelRemove(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    invocation.models().remove(name);
    spec.commandLine().getOut().println("removed " + name);
    return 0;
  }
}
