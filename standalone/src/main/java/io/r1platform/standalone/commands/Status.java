package io.r1platform.standalone.commands;

import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.postgres.PostgresServer;
import io.r1platform.standalone.processes.ProcessRecord;
import io.r1platform.standalone.supervisor.Part;
import io.r1platform.standalone.supervisor.Probe;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One line for each part. */
@Command(
    name = "status",
    description = "Show each part: process, state, address. Exit code 0 only if all serve.")
final class Status implements Callable<Integer> {
  private final Invocation invocation;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  Status(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    Optional<Instance> instance = Instance.load(invocation.home());
    boolean all = line(Part.SUPERVISOR, true, "");
    if (instance.isEmpty()) {
      return 1;
    }
    Ports ports = instance.get().ports();
    var postgres = new PostgresServer(invocation.home(), ports, invocation.secrets());
    all &=
        line(
            Part.POSTGRES,
            postgres.database().answers(),
            "127.0.0.1:" + ports.of(Ports.Name.POSTGRES));
    var probe = new Probe(ports);
    for (Part part : Part.values()) {
      all &= line(part.service(), probe.isReady(part), ports.url(part.port()));
    }
    return all ? 0 : 1;
  }

  private boolean line(String name, boolean serves, String address) {
    Optional<ProcessRecord> known =
        name.equals(Part.SUPERVISOR)
            ? invocation.supervisor().running()
            : ProcessRecord.find(invocation.home(), name);
    Optional<ProcessHandle> process = known.flatMap(ProcessRecord::running);
    String state = process.isEmpty() ? "stopped" : serves ? "ready" : "not ready";
    String pid = process.map(handle -> "pid " + handle.pid()).orElse("-");
    spec.commandLine().getOut().printf("%-18s %-10s %-12s %s%n", name, state, pid, address);
    return process.isPresent() && serves;
  }
}
