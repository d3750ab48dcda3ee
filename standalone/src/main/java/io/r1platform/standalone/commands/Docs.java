package io.r1platform.standalone.commands;

import io.r1platform.standalone.configuration.ConfigurationPage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Writes the pages that are made from sources. */
@Command(
    name = "docs",
    description = "Write docs/configuration.md anew, from the records that read the settings.")
final class Docs implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  Docs(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    var page = new ConfigurationPage(invocation.root());
    page.write();
    spec.commandLine().getOut().println("wrote " + page.file());
    return 0;
  }
}
