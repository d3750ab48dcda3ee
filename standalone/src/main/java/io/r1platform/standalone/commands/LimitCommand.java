package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.Limits;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Shows or changes how much somebody may ask at a time. */
@Command(
    name = "limit",
    description = {
      "Show the limits of an organization, project or key, or change some of them.",
      "A limit is a number from 1 to 1,000,000,000, or 'none'; those not named stay as they are."
    })
final class LimitCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "SCOPE", description = "organization, project or key.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String scope;

  @Parameters(
      index = "1",
      paramLabel = "ID",
      description = "Its id; of a key also the 8 characters after sk-r1-.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String id;

  @Option(names = "--model", description = "Of this model alone (default: of all together).")
  private @Nullable String model;

  @Option(names = "--requests", paramLabel = "N", description = "Requests a minute.")
  private @Nullable String requests;

  @Option(names = "--tokens", paramLabel = "N", description = "Tokens a minute.")
  private @Nullable String tokens;

  @Option(names = "--concurrency", paramLabel = "N", description = "Requests at once.")
  private @Nullable String concurrency;

  @Option(names = "--queue", paramLabel = "N", description = "Requests that wait.")
  private @Nullable String queue;

  @Option(
      names = "--none",
      description = "Remove what was set, so that the site's defaults hold; of a model: nothing.")
  private boolean none;

  LimitCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    Map<String, String> wanted = new HashMap<>();
    put(wanted, "requests_per_minute", requests);
    put(wanted, "tokens_per_minute", tokens);
    put(wanted, "concurrency", concurrency);
    put(wanted, "queue_length", queue);
    if (none && !wanted.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--none stands alone");
    }
    var limits = new Limits(invocation.adminApi(), scope, id);
    show(wanted.isEmpty() && !none ? limits.read() : limits.change(model, none ? null : wanted));
    return 0;
  }

  private static void put(Map<String, String> wanted, String kind, @Nullable String limit) {
    if (limit != null) {
      wanted.put(kind, limit);
    }
  }

  private void show(JsonNode set) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("model\trequests_per_minute\ttokens_per_minute\tconcurrency\tqueue_length");
    if (set.path("has_defaults").asBoolean()) {
      line(out, "all (default)", set.path("defaults"));
    }
    for (JsonNode entry : set.path("limits")) {
      line(out, entry.path("model").asString("all"), entry);
    }
  }

  private static void line(PrintWriter out, String of, JsonNode entry) {
    var line = new StringBuilder(of);
    for (String kind : Limits.KINDS) {
      line.append('\t').append(entry.path(kind).asString("none"));
    }
    out.println(line);
  }
}
