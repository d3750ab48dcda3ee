package io.r1platform.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A loaded model of a {@link Soak} and its requests, some to be cancelled at a random token. */
final class SoakedEngine {
  private static final int OPEN_MAX = 24;
  private static final int CANCELLED_PERCENT = 30;
  private static final int NEVER = Integer.MAX_VALUE;

  private final Engine engine;
  private final Random random;
  private final SoakCounts counts;
  private final EventBuffer events = new EventBuffer(512);
  private final Map<Long, Integer> cancelAt = new HashMap<>(); // by open request: at this token
  private long lastId;

  private SoakedEngine(Engine engine, Random random, SoakCounts counts) {
    this.engine = engine;
    this.random = random;
    this.counts = counts;
  }

  static SoakedEngine load(Path model, Random random, SoakCounts counts) {
    counts.loads++;
    return new SoakedEngine(Fixture.open(EngineOptions.defaults(model)), random, counts);
  }

  /** Sends a few requests and reads what there is. */
  void turn() {
    for (int i = random.nextInt(4); i > 0 && cancelAt.size() < OPEN_MAX; i--) {
      submit();
    }
    read(Duration.ofMillis(1));
  }

  /** Half of the time what runs ends before, with a short time to finish; else it is cut off. */
  void unload() {
    if (random.nextBoolean()) {
      engine.drain(Duration.ofMillis(random.nextInt(20)));
      while (!cancelAt.isEmpty()) {
        read(Duration.ofSeconds(1));
      }
    }
    counts.cutOff += cancelAt.size();
    engine.close();
  }

  private void submit() {
    int shared = random.nextInt(60);
    int[] prompt = IntStream.range(0, 5 + random.nextInt(80)).map(i -> 20 + shared + i).toArray();
    int tokens = 1 + random.nextInt(60);
    long id = ++lastId;
    engine.submit(
        GenerationRequest.greedy(id, prompt, tokens)
            .withSampling(Sampling.of(1, 0.9f, id))
            .withCacheSalt(random.nextInt(4)));
    counts.requests++;
    boolean cancels = random.nextInt(100) < CANCELLED_PERCENT;
    int at = cancels ? random.nextInt(1 + tokens / 2) : NEVER;
    cancelAt.put(id, at);
    if (at == 0) {
      cancel(id);
    }
  }

  private void read(Duration timeout) {
    engine.poll(events, timeout);
    while (events.next()) {
      long id = events.requestId();
      Integer at = cancelAt.get(id);
      if (at == null) {
        throw new AssertionError("an event after the end of " + id);
      }
      if (events.kind() != EventBuffer.Kind.TOKEN) {
        cancelAt.remove(id);
        counts.ends++;
      } else if (events.index() == at) {
        cancel(id);
      }
    }
  }

  private void cancel(long id) {
    counts.cancelled += engine.cancel(id) ? 1 : 0;
  }
}
