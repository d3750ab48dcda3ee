package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.Tenancy;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives a key another secret. */
@Command(
    name = "rotate",
    description = "Give a key another secret and print it, alone; the old one stays good a while.")
final class KeyRotate implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(paramLabel = "ID", description = "The 8 characters after sk-r1-.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String publicId;

  @Option(
      names = "--grace-hours",
      defaultValue = "24",
      description = "How long the old secret stays good, 0 to 720 (24).")
  private int graceHours;

  KeyRotate(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    String secret =
        new Tenancy(invocation.adminApi()).rotateKey(publicId, Duration.ofHours(graceHours));
    spec.commandLine().getOut().println(secret);
    return 0;
  }
}
