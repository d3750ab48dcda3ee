package io.r1platform.standalone.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.processes.ProcessRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorProcessTests {
  private static final String UNTIL_KILLED = "while :; do sleep 0.1; done";
  private final Set<Part> down = ConcurrentHashMap.newKeySet();
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<String> steps = new CopyOnWriteArrayList<>();
  private final Ports ports = Ports.free();

  @TempDir private Path directory;
  private Home home = new Home(Path.of("unused"));

  @BeforeEach
  void serveReadiness() throws IOException {
    home = new Home(directory);
    new Instance(directory, ports).save(home);
    for (Part part : EnumSet.allOf(Part.class)) {
      var address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.of(part.managementPort()));
      HttpServer server = HttpServer.create(address, 0);
      server.createContext(
          "/actuator/health/readiness",
          exchange -> {
            exchange.sendResponseHeaders(down.contains(part) ? 503 : 200, -1);
            exchange.close();
          });
      server.start();
      servers.add(server);
    }
  }

  @AfterEach
  void stopServing() {
    servers.forEach(server -> server.stop(0));
  }

  @Test
  void waitsForEveryPartThatWasKilledAfterTheStart() {
    down.addAll(Set.of(Part.API, Part.BILLING));
    try (var fake = new FakeSupervisor(home, UNTIL_KILLED).recorded().tells("x", "ready")) {
      new SupervisorProcess(home)
          .awaitReady(
              line -> {
                steps.add(line);
                down.removeIf(part -> line.equals("waiting for " + part.service()));
              });

      assertThat(fake.process().isAlive()).isTrue();
      assertThat(steps)
          .containsExactly(
              "waiting for billing-service",
              "billing-service is ready",
              "waiting for api-service",
              "api-service is ready");
    }
  }

  @Test
  void followsAStartThatSomebodyElseBegan() {
    try (var fake = new FakeSupervisor(home, UNTIL_KILLED).recorded().tells("one")) {
      new SupervisorProcess(home)
          .awaitReady(
              line -> {
                steps.add(line);
                if (line.equals("one")) {
                  fake.tells("two", "ready");
                }
              });
    }
    assertThat(steps).containsExactly("one", "two");
  }

  @Test
  void saysWhenTheSupervisorEndsBeforeEverythingServes() throws Exception {
    down.add(Part.INFERENCE);
    var supervisor = new SupervisorProcess(home);
    try (var fake = new FakeSupervisor(home, UNTIL_KILLED).recorded().tells("ready")) {
      assertThatThrownBy(() -> supervisor.awaitReady(line -> fake.process().destroyForcibly()))
          .hasMessageStartingWith("the supervisor ended; see ");
    }
    assertThat(supervisor.wasStopped()).isFalse();
  }

  @Test
  void isNotUpFromItsFailureOrStopOn() throws IOException {
    var supervisor = new SupervisorProcess(home);
    assertThat(supervisor.isUp()).isFalse();
    try (var fake = new FakeSupervisor(home, UNTIL_KILLED).recorded().tells("one")) {
      assertThat(supervisor.isUp()).isTrue();
      fake.tells("ready");
      assertThat(supervisor.isUp()).isTrue();
      fake.tells("stopping");
      assertThat(supervisor.isUp()).isFalse();
    }
    Files.delete(Progress.stepsOf(home));
    try (var fake = new FakeSupervisor(home, UNTIL_KILLED).recorded().tells("failed: x")) {
      assertThat(fake.process().isAlive()).isTrue();
      assertThat(supervisor.isUp()).isFalse();
    }
  }

  @Test
  void startsNothingWhereAnotherWasFaster() throws IOException {
    try (var fake = new FakeSupervisor(home, UNTIL_KILLED).recorded().tells("one")) {
      var late = new Instance(directory, Ports.free());

      assertThat(new SupervisorProcess(home).start(late, steps::add)).isFalse();

      assertThat(fake.process().isAlive()).isTrue();
    }
    assertThat(Instance.load(home).orElseThrow().ports()).isEqualTo(ports);
    assertThat(Files.readAllLines(Progress.stepsOf(home))).containsExactly("one");
  }

  @Test
  void findsASupervisorThatHasNoRecord() throws Exception {
    var supervisor = new SupervisorProcess(home);
    var namesake = new Home(home.path().resolveSibling(directory.getFileName() + "-2"));
    try (var fake = new FakeSupervisor(home, UNTIL_KILLED)) {
      assertThat(supervisor.running()).map(ProcessRecord::pid).contains(fake.process().pid());
      assertThat(new SupervisorProcess(namesake).running()).isEmpty();

      supervisor.end();

      assertThat(fake.process().waitFor()).isEqualTo(143);
      assertThatThrownBy(() -> supervisor.start(new Instance(directory, ports), steps::add))
          .hasMessage("ended before the start");
    }
  }
}
