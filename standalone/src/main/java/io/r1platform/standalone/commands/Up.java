package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.AdminApi;
import io.r1platform.standalone.admin.Tenancy;
import io.r1platform.standalone.build.Maven;
import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.supervisor.Operator;
import io.r1platform.standalone.supervisor.SupervisorProcess;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Builds what is stale, starts everything, waits until it serves, and says how to use it. */
@Command(
    name = "up",
    description = {
      "Build what is stale, start everything, wait until it serves, and print how to use it.",
      "Follows until Ctrl-C, which stops everything; with --detach it returns when ready.",
      "What a killed supervisor left running is stopped first.",
      "A file settings/<service>.json in R1_HOME, an object of Spring settings, goes over ours."
    })
final class Up implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Option(names = "--detach", description = "Return when everything serves.")
  private boolean detach;

  @Option(names = "--no-build", description = "Run the jars as they are (R1_NO_BUILD, if set).")
  private boolean noBuild;

  @Option(names = "--port", description = "Port of the API and console (R1_API_PORT, 8080).")
  private @Nullable Integer port;

  Up(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    SupervisorProcess supervisor = invocation.supervisor();
    Instant begun = invocation.clock().instant();
    if (supervisor.hasBeenReady()) {
      step(begun, "already running; ./r1 down stops it");
    } else {
      start(supervisor, begun);
    }
    describe(invocation.runningPorts());
    step(begun, "ready");
    return detach ? 0 : follow(supervisor);
  }

  private void start(SupervisorProcess supervisor, Instant begun) {
    Ports ports = Ports.from(invocation.environment());
    if (port != null) {
      ports = ports.with(Ports.Name.API, port);
    }
    if (!noBuild && invocation.environment().getOrDefault("R1_NO_BUILD", "").isEmpty()) {
      new Maven(invocation.root(), invocation.home(), invocation.clock())
          .buildStale(line -> step(begun, line));
    }
    if (supervisor.stop()) {
      step(begun, "stopped a supervisor that was not ready");
    }
    step(begun, "starting");
    supervisor.start(new Instance(invocation.root(), ports), line -> step(begun, line));
  }

  private void step(Instant begun, String line) {
    double elapsed = Duration.between(begun, invocation.clock().instant()).toMillis() / 1000.0;
    PrintWriter out = spec.commandLine().getOut();
    out.println(String.format(Locale.ROOT, "%6.1f s  %s", elapsed, line));
    out.flush();
  }

  private void describe(Ports ports) {
    String url = ports.url(Ports.Name.API);
    Secrets secrets = invocation.secrets();
    String password = secrets.value(Operator.PASSWORD_SECRET);
    AdminApi api = AdminApi.login(url, Operator.EMAIL, password);
    String key = new Tenancy(api).standingKey(url, secrets);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        """

        API       %s/v1
        API key   %s
        Console   %s/console
        Login     %s  %s

        %s

        """,
        url, key, url, Operator.EMAIL, password, curl(url, key));
    out.flush();
  }

  private static String curl(String url, String key) {
    return """
    curl -N %s/v1/chat/completions -H 'Authorization: Bearer %s' \
    -H 'Content-Type: application/json' \
    -d '{"model": "r1-nano", "stream": true, "stream_options": {"include_usage": true}, \
    "messages": [{"role": "user", "content": "What is 347 + 589?"}]}'"""
        .formatted(url, key);
  }

  /** Waits for Ctrl-C, which stops everything, or for somebody else's {@code down}. */
  private int follow(SupervisorProcess supervisor) {
    Runtime.getRuntime().addShutdownHook(new Thread(supervisor::stop));
    while (supervisor.running().isPresent()) {
      if (!Await.pause(Duration.ofSeconds(1))) {
        return 1;
      }
    }
    return 0;
  }
}
