package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.postgres.PostgresServer;
import io.r1platform.standalone.processes.ProcessRecord;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a killed supervisor left running.
 *
 * @param home whose processes
 * @param postgres its server
 */
record Orphans(Home home, PostgresServer postgres) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<String> NOT_SERVICES = List.of(Part.POSTGRES, Part.SUPERVISOR);

  /**
   * Ends them: the services, then PostgreSQL.
   *
   * @param step told each process that is ended
   * @return whether there was any
   */
  boolean stop(Consumer<String> step) {
    List<ProcessRecord> services =
        ProcessRecord.all(home).stream()
            .filter(process -> !NOT_SERVICES.contains(process.name()))
            .filter(process -> process.running().isPresent())
            .toList();
    for (ProcessRecord orphan : services) {
      step.accept("stopping orphan " + orphan.name() + ", pid " + orphan.pid());
      orphan.stop(PATIENCE);
      ProcessRecord.forget(home, orphan.name());
    }
    ProcessRecord.find(home, Part.POSTGRES)
        .filter(orphan -> orphan.running().isPresent())
        .ifPresent(orphan -> step.accept("stopping orphan postgres, pid " + orphan.pid()));
    return postgres.stopLeftovers() || !services.isEmpty();
  }
}
