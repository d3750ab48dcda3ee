package io.r1platform.inference;

import io.r1platform.inference.generation.Generation;
import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.inference.generation.GenerationListener;
import io.r1platform.inference.generation.GenerationTask;
import io.r1platform.inference.generation.Generations;
import io.r1platform.inference.queue.ServiceClass;
import io.r1platform.inference.queue.Share;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** An organization that sends requests straight to the queue, and what it got. */
final class Tenant {
  private static final int PROMPT_TOKENS = 8;

  /**
   * One request: when its tokens came.
   *
   * @param last which token is its last
   * @param tokens the number of each of its tokens among all tokens of the engine, in order
   */
  record Run(int last, List<Long> tokens) {
    boolean begun() {
      return !tokens.isEmpty();
    }

    boolean finished() {
      return tokens.size() == last;
    }
  }

  private final Generations generations;
  private final Share share;
  private final AtomicLong clock;
  private final AtomicInteger ended = new AtomicInteger();
  private final List<Generation> sent = new CopyOnWriteArrayList<>();
  private final List<Run> runs = new CopyOnWriteArrayList<>();

  /** All tenants of an engine have one clock, which counts its tokens. */
  Tenant(Generations generations, String name, int weight, AtomicLong clock) {
    this.generations = generations;
    this.share = new Share(name, "p", weight, ServiceClass.INTERACTIVE);
    this.clock = clock;
  }

  Run send(int maxTokens) {
    var run = new Run(maxTokens, new CopyOnWriteArrayList<>());
    runs.add(run);
    int[] prompt = new int[PROMPT_TOKENS];
    Arrays.fill(prompt, 1);
    GenerationListener listener =
        event -> {
          switch (event) {
            case GenerationEvent.Token _ -> run.tokens().add(clock.incrementAndGet());
            case GenerationEvent.Ended _ -> ended.incrementAndGet();
          }
          return true;
        };
    sent.add(
        generations.start(
            new GenerationTask(
                "r1-nano",
                RunningService.eventId(),
                1,
                "1.1",
                prompt,
                maxTokens,
                0,
                1,
                0,
                0,
                5,
                share),
            listener));
    return run;
  }

  List<Run> runs() {
    return runs;
  }

  long tokens() {
    return runs.stream().mapToLong(run -> run.tokens().size()).sum();
  }

  /** Cancels everything, what waits before what runs, and waits until all has ended. */
  void leave() {
    sent.reversed().forEach(Generation::cancel);
    Await.until("all requests have ended", () -> ended.get() == sent.size());
  }
}
