package io.r1platform.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A main class for {@link LeakFigures}: many requests, some cancelled at random. */
final class CancelledRequests {
  private static final int WARM_UP = 1_000;
  private static final int REQUESTS = 10_000;

  /** More than the 30 % that are to be cancelled, since some may end before their cancel comes. */
  private static final int DRAWN_PERCENT = 33;

  private static final int NEVER = Integer.MAX_VALUE;

  private final Random random = new Random(11);
  private final EventBuffer events = new EventBuffer(1_024);
  private final Map<Long, Integer> cancelAt = new HashMap<>(); // by running request: at this token
  private int cancelled;
  private int ends;

  private CancelledRequests() {}

  public static void main(String[] arguments) throws IOException {
    CancelledRequests requests = new CancelledRequests();
    try (Engine engine = Fixture.open()) {
      requests.run(engine, 1, WARM_UP);
      requests.cancelled = 0;
      requests.ends = 0;
      long before = ManyRequests.residentKib();
      requests.run(engine, WARM_UP + 1, REQUESTS);
      System.out.printf(
          "cancelled %d ends %d before %d after %d kv %d%n",
          requests.cancelled,
          requests.ends,
          before,
          ManyRequests.residentKib(),
          engine.stats().kvTokensUsed());
    }
  }

  /** So many requests from this id on, twenty at a time. */
  private void run(Engine engine, long first, int count) {
    long next = first;
    while (next < first + count || !cancelAt.isEmpty()) {
      while (next < first + count && cancelAt.size() < 20) {
        submit(engine, next++);
      }
      engine.poll(events, Duration.ofSeconds(1));
      while (events.next()) {
        read(engine);
      }
    }
  }

  private void read(Engine engine) {
    long id = events.requestId();
    Integer at = cancelAt.get(id);
    if (at == null) {
      throw new AssertionError("an event after the end of " + id);
    }
    if (events.kind() != EventBuffer.Kind.TOKEN) {
      cancelAt.remove(id);
      ends++;
    } else if (events.index() == at) {
      cancel(engine, id);
    }
  }

  private void submit(Engine engine, long id) {
    int shared = random.nextInt(60);
    int[] prompt = IntStream.range(0, 20 + random.nextInt(80)).map(i -> 100 + shared + i).toArray();
    int tokens = 1 + random.nextInt(60);
    engine.submit(
        GenerationRequest.greedy(id, prompt, tokens)
            .withSampling(Sampling.of(1, 0.9f, id))
            .withCacheSalt(random.nextInt(4)));
    int at = random.nextInt(100) < DRAWN_PERCENT ? random.nextInt(1 + tokens / 2) : NEVER;
    cancelAt.put(id, at);
    if (at == 0) {
      cancel(engine, id);
    }
  }

  private void cancel(Engine engine, long id) {
    if (engine.cancel(id)) {
      cancelled++;
    }
  }
}
