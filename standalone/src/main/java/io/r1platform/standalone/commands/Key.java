package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.Tenancy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Mints a key, by default for a day and for whatever runs. */
@Command(
    name = "key",
    description = {
      "Mint a tenant API key and print it, alone; it lives 24 hours unless told otherwise.",
      "Lists take commas: --scope inference,batch"
    })
final class Key implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Option(
      names = "--scope",
      split = ",",
      description = {
        "What it opens: inference, batch, usage:read (default: these three),",
        "invoices:read; or, of the admin API, admin:read, admin:write."
      })
  private List<String> scopes = List.of();

  @Option(
      names = "--model",
      split = ",",
      description = "Models that it may use (default: all of its project).")
  private List<String> models = List.of();

  @Option(
      names = "--network",
      split = ",",
      paramLabel = "CIDR",
      description = "Where its requests may come from, as in 10.0.0.0/8 (default: anywhere).")
  private List<String> networks = List.of();

  @Option(names = "--hours", defaultValue = "24", description = "How long it lives (24).")
  private int hours;

  Key(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    Map<String, List<String>> rights = new HashMap<>();
    add(rights, "scopes", scopes);
    add(rights, "models", models);
    add(rights, "networks", networks);
    String key =
        new Tenancy(invocation.adminApi())
            .mintKey("made by r1 key", Optional.of(Duration.ofHours(hours)), rights);
    spec.commandLine().getOut().println(key);
    return 0;
  }

  private static void add(Map<String, List<String>> rights, String field, List<String> values) {
    if (!values.isEmpty()) {
      rights.put(field, values);
    }
  }
}
