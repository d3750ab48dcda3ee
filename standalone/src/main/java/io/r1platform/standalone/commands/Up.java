package io.r1platform.standalone.commands;

import io.r1platform.standalone.admin.AdminApi;
import io.r1platform.standalone.admin.Tenancy;
import io.r1platform.standalone.build.Maven;
import io.r1platform.standalone.build.Staleness;
import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.models.ModelPrices;
import io.r1platform.standalone.models.ModelRegistry.Served;
import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.supervisor.Operator;
import io.r1platform.standalone.supervisor.SupervisorProcess;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
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
      "Where it runs or starts already, waits until everything serves, and builds nothing.",
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
    if (detach) {
      bringUp(supervisor, begun);
      return 0;
    }
    var following = new AtomicBoolean(true);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (following.get()) {
                    step(begun, "stopping");
                    supervisor.end();
                  }
                }));
    try {
      bringUp(supervisor, begun);
      return follow(supervisor);
    } finally {
      following.set(false); // what failed here stays as it is, for ./r1 status and logs
    }
  }

  private void bringUp(SupervisorProcess supervisor, Instant begun) {
    Ports ports = wantedPorts();
    if (!supervisor.isUp() && builds()) {
      new Maven(invocation.root(), invocation.home(), invocation.clock())
          .buildStale(line -> step(begun, line));
    }
    if (supervisor.isUp()) { // perhaps since the build began
      join(supervisor, ports, begun);
    } else {
      start(supervisor, ports, begun);
    }
    describe(invocation.runningPorts());
    step(begun, "ready");
  }

  private void join(SupervisorProcess supervisor, Ports wanted, Instant begun) {
    refuseOtherPorts(wanted, invocation.runningPorts());
    String state = supervisor.hasBeenReady() ? "running" : "starting";
    step(begun, "already " + state + "; ./r1 down stops it");
    if (builds() && !new Staleness(invocation.root()).stale().isEmpty()) {
      step(begun, "newer sources are not built while it runs: ./r1 down first");
    }
    supervisor.awaitReady(line -> step(begun, line));
  }

  private void refuseOtherPorts(Ports wanted, Ports running) {
    for (Ports.Name name : Ports.Name.values()) {
      boolean asked =
          (name == Ports.Name.API && port != null)
              || !invocation.environment().getOrDefault(name.variable(), "").isBlank();
      if (asked && wanted.of(name) != running.of(name)) {
        throw new IllegalStateException(
            "it runs with %s %d; to have %d, ./r1 down first"
                .formatted(name.variable(), running.of(name), wanted.of(name)));
      }
    }
  }

  private void start(SupervisorProcess supervisor, Ports ports, Instant begun) {
    invocation.models().verifyInUse();
    step(begun, "starting");
    var instance = new Instance(invocation.root(), ports);
    if (!supervisor.start(instance, line -> step(begun, line))) {
      join(supervisor, ports, begun); // another up was faster
    }
  }

  private boolean builds() {
    return !noBuild && invocation.environment().getOrDefault("R1_NO_BUILD", "").isEmpty();
  }

  private Ports wantedPorts() {
    Ports ports = Ports.from(invocation.environment());
    return port == null ? ports : ports.with(Ports.Name.API, port);
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
        url,
        key,
        url,
        Operator.EMAIL,
        password,
        curl(url, key, invocation.models().inUse().getFirst()));
    for (Served model : invocation.models().served()) {
      new ModelPrices(url, key)
          .missingOfWhatIsServed(model.name(), model.modelId())
          .ifPresent(what -> out.println(what + "\n"));
    }
    out.flush();
  }

  private static String curl(String url, String key, String model) {
    return """
    curl -N %s/v1/chat/completions -H 'Authorization: Bearer %s' \
    -H 'Content-Type: application/json' \
    -d '{"model": "%s", "stream": true, "stream_options": {"include_usage": true}, \
    "messages": [{"role": "user", "content": "What is 347 + 589?"}]}'"""
        .formatted(url, key, model);
  }

  /** Waits for Ctrl-C, which stops everything, or for somebody else's {@code down}. */
  private static int follow(SupervisorProcess supervisor) {
    while (supervisor.running().isPresent()) {
      if (!Await.pause(Duration.ofSeconds(1))) {
        return 1;
      }
    }
    if (!supervisor.wasStopped()) {
      throw new IllegalStateException(
          "the supervisor ended unasked; ./r1 logs supervisor may say why, ./r1 up starts anew");
    }
    return 0;
  }
}
