package io.r1platform.standalone.processes;

import io.r1platform.standalone.home.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One part that is kept running: when its process ends unasked it is started again, after half a
 * second at first and at most ten, and at once again after a minute of good health.
 */
public final class Child {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration GOOD_HEALTH = Duration.ofMinutes(1);
  private static final int STARTS_BEFORE_GIVING_UP = 3;

  private final Home home;
  private final Plan plan;
  private final Consumer<String> report;
  private final AtomicReference<@Nullable Process> process = new AtomicReference<>();
  private final CompletableFuture<Boolean> firstReady = new CompletableFuture<>();
  private final Thread keeper;
  private volatile boolean stopping;

  /**
   * A part that does not run yet.
   *
   * @param report told each start, crash and end in one line
   */
  public Child(Home home, Plan plan, Consumer<String> report) {
    this.home = home;
    this.plan = plan;
    this.report = report;
    this.keeper = Thread.ofPlatform().name(plan.name()).unstarted(this::keepRunning);
  }

  /** The part's name. */
  public String name() {
    return plan.name();
  }

  /** Starts the part and keeps it running. */
  public Child start() {
    keeper.start();
    return this;
  }

  /**
   * Waits until it first serves.
   *
   * @return false if it crashes three times before, time is up, or {@code givenUp} says so
   */
  public boolean awaitReady(Duration limit, BooleanSupplier givenUp) {
    Await.until(limit, () -> givenUp.getAsBoolean() || firstReady.isDone() || isServing());
    return firstReady.getNow(false);
  }

  private boolean isServing() {
    Process now = process.get();
    boolean serves = now != null && now.isAlive() && plan.ready().getAsBoolean();
    return serves && firstReady.complete(true);
  }

  /** Asks it to end, kills it when its patience is over, and returns when it is gone. */
  public void stop() {
    stopping = true;
    Process now = process.get();
    if (now != null) {
      end(now);
    }
    keeper.interrupt();
    try {
      keeper.join(plan.patience().plusSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(Process process) {
    if (!process.isAlive()) {
      return;
    }
    plan.end().accept(process.toHandle());
    if (!Await.until(plan.patience(), () -> !process.isAlive())) {
      report.accept(plan.name() + " did not end in " + plan.patience().toSeconds() + " s: killed");
      process.destroyForcibly();
    }
  }

  private void keepRunning() {
    Duration pause = FIRST_PAUSE;
    for (int starts = 1; !stopping; starts++) {
      long began = System.nanoTime();
      String end = runOnce();
      ProcessRecord.forget(home, plan.name());
      if (stopping) {
        return;
      }
      report.accept(plan.name() + " " + end + "; see " + plan.log());
      if (starts >= STARTS_BEFORE_GIVING_UP && firstReady.complete(false)) {
        return;
      }
      boolean healthy = System.nanoTime() - began > GOOD_HEALTH.toNanos();
      pause = healthy ? FIRST_PAUSE : pause;
      if (!Await.pause(pause)) {
        return;
      }
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  private String runOnce() {
    try {
      plan.prepare().run();
      if (stopping) {
        return "was stopped";
      }
      Process fresh = launch();
      process.set(fresh);
      ProcessRecord.of(plan.name(), fresh.toHandle(), plan.marker(), plan.patience()).save(home);
      report.accept(plan.name() + " started, pid " + fresh.pid());
      return waitFor(fresh);
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      return "could not start: " + e.getMessage();
    }
  }

  private String waitFor(Process process) {
    try {
      return "ended with exit code " + process.waitFor();
    } catch (InterruptedException e) {
      end(process); // stop() came before this one was known
      Thread.currentThread().interrupt();
      return "was stopped";
    }
  }

  private Process launch() throws IOException {
    var builder =
        new ProcessBuilder(plan.command())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(plan.log().toFile()))
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
    builder.environment().putAll(plan.environment().get());
    return builder.start();
  }
}
