package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.postgres.PostgresServer;
import io.r1platform.standalone.processes.CommandLine;
import io.r1platform.standalone.processes.ProcessRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a killed supervisor left running.
 *
 * @param home whose processes
 * @param postgres its server
 */
record Orphans(Home home, PostgresServer postgres) {
  private static final List<String> NOT_SERVICES = List.of(Part.POSTGRES, Part.SUPERVISOR);

  /**
   * Ends them: the services, then PostgreSQL, each with the patience of its orderly stop.
   *
   * @param step told each process that is ended
   * @return whether there was any
   */
  boolean stop(Consumer<String> step) {
    List<ProcessRecord> services = services();
    for (ProcessRecord orphan : services) {
      step.accept("stopping orphan " + orphan.name() + ", pid " + orphan.pid());
      orphan.stop();
      ProcessRecord.forget(home, orphan.name());
    }
    ProcessRecord.find(home, Part.POSTGRES)
        .filter(orphan -> orphan.running().isPresent())
        .ifPresent(orphan -> step.accept("stopping orphan postgres, pid " + orphan.pid()));
    return postgres.stopLeftovers() || !services.isEmpty();
  }

  /** Those with a record, then those whose supervisor was killed before it wrote one. */
  private List<ProcessRecord> services() {
    var found = new ArrayList<ProcessRecord>();
    ProcessRecord.all(home).stream()
        .filter(process -> !NOT_SERVICES.contains(process.name()))
        .filter(process -> process.running().isPresent())
        .forEach(found::add);
    for (CommandLine line : CommandLine.withArgument(home.marker())) {
      if (found.stream().noneMatch(known -> known.pid() == line.process().pid())) {
        Stream.of(Part.values())
            .filter(part -> runs(part, line))
            .map(part -> record(part, line.process()))
            .forEach(found::add);
      }
    }
    return found;
  }

  private boolean runs(Part part, CommandLine line) {
    String apps = home.apps().resolve(part.service()) + "/";
    return line.arguments().stream().anyMatch(argument -> argument.startsWith(apps));
  }

  private ProcessRecord record(Part part, ProcessHandle process) {
    return ProcessRecord.of(part.service(), process, home.marker(), ServicePlans.PATIENCE);
  }
}
