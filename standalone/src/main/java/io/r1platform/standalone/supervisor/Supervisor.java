package io.r1platform.standalone.supervisor;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.home.Instance;
import io.r1platform.standalone.home.Secrets;
import io.r1platform.standalone.postgres.PostgresServer;
import io.r1platform.standalone.processes.Child;
import io.r1platform.standalone.processes.LogRotation;
import io.r1platform.standalone.processes.Plan;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Starts PostgreSQL and the services of one home, keeps them running, and ends them in order. */
final class Supervisor {
  private static final LogRotation ROTATION = new LogRotation(10L << 20, 3);
  private static final Duration POSTGRES_START = Duration.ofMinutes(2);
  private static final Duration SERVICE_START = Duration.ofMinutes(4);
  private static final long LOOK_AT_LOGS_SECONDS = 5;

  private final Home home;
  private final Instance instance;
  private final Progress progress;
  private final Secrets secrets;
  private final PostgresServer postgres;
  private final Deque<Child> children = new ArrayDeque<>();
  private final CountDownLatch stopAsked = new CountDownLatch(1);

  Supervisor(Home home, Instance instance, Progress progress) {
    this.home = home;
    this.instance = instance;
    this.progress = progress;
    this.secrets = new Secrets(home);
    this.postgres = new PostgresServer(home, instance.ports(), secrets);
  }

  /** Asks {@link #run} to end everything and return. */
  void stop() {
    stopAsked.countDown();
  }

  /** Starts everything and returns when it was stopped. The caller holds the home's lock. */
  void run() {
    try {
      new Orphans(home, postgres).stop(progress::step);
      start();
      progress.step(Progress.READY);
      rotateLogsUntilStopped();
      progress.step(Progress.STOPPING);
    } catch (IllegalStateException | UncheckedIOException e) {
      progress.step(Progress.FAILED + e.getMessage());
    } finally {
      stopChildren();
    }
  }

  private void start() {
    BusyPorts.refuse(instance.ports());
    postgres.initialise();
    if (!startChild(postgres.plan()).awaitReady(POSTGRES_START, this::isStopAsked)) {
      throw notReady(Part.POSTGRES);
    }
    postgres.database().prepare(secrets);
    progress.step("PostgreSQL is ready");
    Map<Part, Child> services = startServices();
    for (Part part : Part.values()) {
      Child child = services.get(part);
      if (child == null || !child.awaitReady(SERVICE_START, this::isStopAsked)) {
        throw notReady(part.service());
      }
      progress.step(part.service() + " is ready");
    }
  }

  private Map<Part, Child> startServices() {
    var plans = new ServicePlans(home, instance, secrets);
    var services = new EnumMap<Part, Child>(Part.class);
    for (Part part : Part.values()) {
      var jar = UnpackedJar.of(home, part, part.jar(instance.root()));
      services.put(part, startChild(plans.plan(part, jar)));
    }
    return services;
  }

  private Child startChild(Plan plan) {
    var child = new Child(home, plan, progress::note).start();
    children.push(child);
    return child;
  }

  private boolean isStopAsked() {
    return stopAsked.getCount() == 0;
  }

  private IllegalStateException notReady(String part) {
    return new IllegalStateException(
        isStopAsked()
            ? "stopped while " + part + " was starting"
            : part + " did not become ready; see " + home.log(part));
  }

  private void rotateLogsUntilStopped() {
    try {
      do {
        ROTATION.rotate(home.logs());
      } while (!stopAsked.await(LOOK_AT_LOGS_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** In reverse: the public edge first, PostgreSQL last. */
  private void stopChildren() {
    for (Child child : new ArrayList<>(children)) {
      child.stop();
      progress.note(child.name() + " is stopped");
    }
    children.clear();
  }
}
