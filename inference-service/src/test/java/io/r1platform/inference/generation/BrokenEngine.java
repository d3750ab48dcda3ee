package io.r1platform.inference.generation;

import io.r1platform.inference.models.Models;
import io.r1platform.inference.queue.Share;
import java.lang.reflect.Field;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.springframework.beans.factory.support.GenericBeanDefinition;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The service as a process in which something breaks while a request runs. */
public final class BrokenEngine {
  private static final int TOKENS = 400;

  /** What breaks. */
  public enum Scenario {
    /** A generation is open of which the engine knows nothing: no event, no batch. */
    STANDS_STILL,
    /** An Error on the engine's thread. */
    THREAD_DIES,
    /** The engine's thread does not come back; it hangs where it counts nothing. */
    THREAD_HANGS,
    /** The engine's thread does not come back; it hangs while it hands out a token. */
    LISTENER_HANGS,
    /** The engine's thread does not come back while the service stops. */
    STOP_HANGS,
    /** The thread that writes receipts ends. */
    RECEIPTS_END
  }

  private final Scenario scenario;
  private final UUID id;
  private final HangingClock clock = new HangingClock();
  private volatile boolean broken;

  private BrokenEngine(Scenario scenario, UUID id) {
    this.scenario = scenario;
    this.id = id;
  }

  /** Starts with the service's arguments after the scenario and the id of the request. */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    new BrokenEngine(Scenario.valueOf(arguments[0]), UUID.fromString(arguments[1]))
        .run(java.util.Arrays.copyOfRange(arguments, 2, arguments.length));
  }

  private void run(String[] settings) throws ReflectiveOperationException {
    var application =
        new SpringApplication(Class.forName("io.r1platform.inference.InferenceService"));
    application.addInitializers(context -> replaceClock((GenericApplicationContext) context));
    ConfigurableApplicationContext context = application.run(settings);
    while (!context.getBean(Models.class).anyReady()) {
      LockSupport.parkNanos(20_000_000);
    }
    Generations generations = context.getBean(Generations.class);
    var task =
        new GenerationTask(
            "r1-nano", id, 1, "1.3", new int[] {1}, TOKENS, 0, 1, 0, 0, 5, Share.UNNAMED);
    GenerationListener listener = event -> on(event, generations);
    if (scenario == Scenario.STANDS_STILL) {
      Field live = Generations.class.getDeclaredField("live");
      live.setAccessible(true);
      ((LiveGenerations) live.get(generations))
          .addAll(
              List.of(new Generation(Long.MAX_VALUE, task, listener, clock.instant(), _ -> {})));
    } else {
      var unused = generations.start(task, listener);
    }
  }

  private void replaceClock(GenericApplicationContext context) {
    var definition = new GenericBeanDefinition();
    definition.setBeanClass(Clock.class);
    definition.setInstanceSupplier(() -> clock);
    definition.setPrimary(true);
    context.registerBeanDefinition("hangingClock", definition);
  }

  @SuppressWarnings("SystemOut") // the parent reads it
  private boolean on(GenerationEvent event, Generations generations) {
    if (event instanceof GenerationEvent.Ended ended) {
      System.out.printf(
          "told: %s, alive: %s%n",
          ended.failure() == null ? "no failure" : ended.failure().code(), generations.alive());
    } else if (!broken) {
      broken = true;
      breakDown();
    }
    return true;
  }

  private void breakDown() {
    switch (scenario) {
      case STANDS_STILL -> {}
      case THREAD_DIES -> throw new StackOverflowError("on purpose");
      case THREAD_HANGS -> clock.hanging = true;
      case LISTENER_HANGS -> hang();
      case STOP_HANGS -> {
        clock.hanging = true;
        Thread.ofPlatform().start(() -> System.exit(70)); // a stop, then the code that all have
      }
      case RECEIPTS_END ->
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("r1-receipts"))
              .forEach(Thread::interrupt);
    }
  }

  private static void hang() {
    while (true) {
      LockSupport.park();
    }
  }

  /** The system's clock, until the engine's thread is to hang: then its call never returns. */
  private static final class HangingClock extends Clock {
    private volatile boolean hanging;

    @Override
    public Instant instant() {
      if (hanging && Thread.currentThread().getName().equals("r1-engine-r1-nano")) {
        hang();
      }
      return Clock.systemUTC().instant();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("not needed");
    }
  }
}
