package io.r1platform.standalone.commands;

import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.supervisor.Operator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The console's address and login, or one call of the admin API. */
@Command(
    name = "admin",
    description = {
      "Print the console's address and the operator's login.",
      "With a method and a path, call the admin API as that operator and print the JSON answer:",
      "  ./r1 admin GET /admin/api/organizations",
      "  ./r1 admin POST /admin/api/organizations '{\"name\": \"Acme\"}'"
    })
final class Admin implements Callable<Integer> {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(arity = "0..3", paramLabel = "METHOD PATH [JSON]", hideParamSyntax = true)
  private List<String> call = List.of();

  @Option(
      names = "--if-match",
      paramLabel = "VERSION",
      description = "The version of the object that you have seen, for PUT and DELETE.")
  private @Nullable String version;

  Admin(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    if (call.isEmpty()) {
      String url = invocation.runningPorts().url(Ports.Name.API);
      String password = invocation.secrets().value(Operator.PASSWORD_SECRET);
      out.printf("Console   %s/console%nLogin     %s  %s%n", url, Operator.EMAIL, password);
      return 0;
    }
    if (call.size() < 2) {
      throw new IllegalStateException("a call needs a method and a path");
    }
    JsonNode body = call.size() == 3 ? body(call.get(2)) : null;
    String method = call.getFirst().toUpperCase(Locale.ROOT);
    JsonNode answer =
        version == null
            ? invocation.adminApi().call(method, call.get(1), body)
            : invocation.adminApi().call(method, call.get(1), body, version);
    if (!answer.isMissingNode()) {
      out.println(answer.toPrettyString());
    }
    return 0;
  }

  private static JsonNode body(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the body is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
