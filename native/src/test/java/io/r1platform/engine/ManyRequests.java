package io.r1platform.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A main class that says by how many KiB the process grew over many requests. */
final class ManyRequests {
  private static final int[] PROMPT = {0, 3, 48, 4, 14};

  private ManyRequests() {}

  public static void main(String[] arguments) throws IOException {
    try (Engine engine = Fixture.open()) {
      run(engine, 1, 1_000);
      long before = residentKib();
      run(engine, 1_001, 2_000);
      System.out.println("requests " + (residentKib() - before));
    }
  }

  /** Requests first to last, twenty at a time; every tenth is cancelled. */
  private static void run(Engine engine, long first, long last) {
    EventBuffer events = new EventBuffer(1_024);
    Map<Long, Generated> seen = new HashMap<>();
    long submitted = first - 1;
    long ended = first - 1;
    while (ended < last) {
      for (; submitted < last && submitted - ended < 20; submitted++) {
        engine.submit(
            GenerationRequest.greedy(submitted + 1, PROMPT, 20)
                .withSampling(Sampling.of(1, 0.9f, submitted)));
        if (submitted % 10 == 0) {
          engine.cancel(submitted + 1);
        }
      }
      engine.poll(events, Duration.ofSeconds(1));
      Generated.add(seen, events);
      int all = seen.size();
      seen.values().removeIf(generated -> generated.last != null);
      ended += all - seen.size();
    }
  }

  static long residentKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IllegalStateException("no VmRSS");
  }
}
