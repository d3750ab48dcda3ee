package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.Tenancy;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Shows the keys, without their secrets. */
@Command(
    name = "list",
    description = "Show the keys of all projects, newest first, a line each, tabs between.")
final class KeyList implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  KeyList(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    List<JsonNode> keys = new Tenancy(invocation.adminApi()).keys();
    PrintWriter out = spec.commandLine().getOut();
    out.println("id\tproject\tname\tscopes\tmodels\tnetworks\texpires\told_until\trevoked");
    for (JsonNode key : keys) {
      out.println(
          String.join(
              "\t",
              key.path("public_id").asString(),
              key.path("project").asString(),
              key.path("name").asString(),
              all(key.path("scopes")),
              all(key.path("models")),
              all(key.path("networks")),
              when(key.path("expires_at")),
              when(key.path("old_until")),
              when(key.path("revoked_at"))));
    }
    return 0;
  }

  private static String when(JsonNode moment) {
    return moment.isString() ? moment.asString() : "-";
  }

  private static String all(JsonNode list) {
    return list.isEmpty()
        ? "*"
        : StreamSupport.stream(list.spliterator(), false)
            .map(JsonNode::asString)
            .collect(Collectors.joining(","));
  }
}
