package io.r1platform.inference.generation;

import java.time.Duration;
import java.util.function.BiConsumer;

/** Waits until a model that takes nothing more has ended what it runs, and closes its engine. */
record Unload(EngineHost.Shared shared, EngineHost host, BiConsumer<EngineHost, Boolean> gone)
    implements Runnable {
  private static final Duration AFTER_DRAIN = Duration.ofSeconds(10);

  @Override
  public void run() {
    String name = host.model().name();
    LiveGenerations live = shared.live();
    try {
      if (!live.awaitEmpty(name, shared.settings().drainTimeout())) {
        live.of(name).forEach(generation -> generation.stop(Generation.Cause.DRAIN));
        var unused = live.awaitEmpty(name, AFTER_DRAIN);
      }
      gone.accept(host, host.end(shared.settings().stallTimeout()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
