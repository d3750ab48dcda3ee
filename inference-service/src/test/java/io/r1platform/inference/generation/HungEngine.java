package io.r1platform.inference.generation;

import io.r1platform.inference.models.Models;
import java.lang.reflect.Field;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The service as a process whose engine stands still: a generation is open of which the engine
 * knows nothing, so it gives no event and computes no batch.
 */
public final class HungEngine {
  private HungEngine() {}

  /** Starts with the service's arguments; the first one is the id of the request. */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    String[] settings = java.util.Arrays.copyOfRange(arguments, 1, arguments.length);
    ConfigurableApplicationContext context =
        SpringApplication.run(Class.forName("io.r1platform.inference.InferenceService"), settings);
    while (context.getBean(Models.class).card().isEmpty()) {
      LockSupport.parkNanos(20_000_000);
    }
    var task =
        new GenerationTask(
            UUID.fromString(arguments[0]), 1, "1.3", new int[] {1}, 10, 0, 1, 0, 0, 5);
    var open =
        new Generation(
            Long.MAX_VALUE, task, HungEngine::tell, Clock.systemUTC().instant(), id -> {});
    Field live = Generations.class.getDeclaredField("live");
    live.setAccessible(true);
    ((LiveGenerations) live.get(context.getBean(Generations.class))).add(open);
  }

  @SuppressWarnings("SystemOut") // the parent reads it
  private static boolean tell(GenerationEvent event) {
    if (event instanceof GenerationEvent.Ended ended && ended.failure() != null) {
      System.out.println("told: " + ended.failure().code());
    }
    return true;
  }
}
