package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.Tenancy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Mints a key for a day. */
@Command(
    name = "key",
    description = "Mint a tenant API key that lives 24 hours and print it, alone.")
final class Key implements Callable<Integer> {
  private static final Duration DAY = Duration.ofHours(24);
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  Key(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    String key = new Tenancy(invocation.adminApi()).mintKey("made by r1 key", Optional.of(DAY));
    spec.commandLine().getOut().println(key);
    return 0;
  }
}
