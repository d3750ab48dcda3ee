package io.r1platform.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A main class for what needs a process of its own; prints what it saw. */
final class TrtllmScenario {
  static final String LAST_WORD = "scenario over";
  private static final int REQUESTS = 16;

  private TrtllmScenario() {}

  public static void main(String[] arguments) throws IOException {
    String scenario = System.getProperty("scenario", "");
    long begun = System.nanoTime();
    try (Engine engine = Engine.open(options())) {
      switch (scenario) {
        case "load" -> load(engine);
        case "close" -> {} // while it loads
        case "hang" -> dies(engine, StandIn.HANG, () -> {});
        case "garbled" -> dies(engine, StandIn.GARBLED, () -> {});
        case "crash" -> dies(engine, StandIn.BEGIN, TrtllmScenario::killTheRank);
        case "deaf" -> deaf(engine);
        case "speculative" -> speculative(engine);
        case "leak" -> leak(engine);
        default -> throw new IllegalArgumentException(scenario);
      }
    } catch (EngineException e) {
      System.out.println(e.status() + ": " + e.getMessage());
    }
    System.out.printf("closed after %d ms%n", (System.nanoTime() - begun) / 1_000_000);
    System.out.println(isDriverGone() ? "the driver is gone" : "the driver is left");
    System.out.println(LAST_WORD);
  }

  /** Whether its threads end within a second, by the name that they have from it. */
  private static boolean isDriverGone() throws IOException {
    long end = System.nanoTime() + 1_000_000_000;
    boolean isThere = true;
    while (isThere && System.nanoTime() < end) {
      Thread.onSpinWait();
      try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
        isThere = threads.anyMatch(TrtllmScenario::isDriver);
      }
    }
    return !isThere;
  }

  private static boolean isDriver(Path thread) {
    try {
      return Files.readString(thread.resolve("comm")).startsWith("r1-trtllm");
    } catch (IOException ended) {
      return false;
    }
  }

  private static EngineOptions options() {
    return StandIn.options(
        Path.of(System.getProperty("checkpoint", "")),
        System.getProperty("llm", ""),
        System.getProperty("settings", ""));
  }

  private static void load(Engine engine) {
    EngineState state = engine.state();
    while (state.phase() == EngineState.Phase.LOADING) {
      System.out.printf("progress %.3f%n", state.progress());
      state = engine.awaitReady(Duration.ofMillis(200));
    }
    ModelInfo model = engine.model();
    System.out.printf("%s %s %s%n", state.phase(), model.backend(), model.backendVersion());
  }

  /** All but the last of some requests have tokens; then something happens, and nothing follows. */
  private static void dies(Engine engine, int lastPrompt, Runnable happening) {
    engine.awaitReady(Duration.ofSeconds(60));
    for (long id = 1; id < REQUESTS; id++) {
      engine.submit(
          GenerationRequest.greedy(id, StandIn.prompt(StandIn.BEGIN, 3), 60_000).ignoringEnd());
    }
    Map<Long, Generated> seen = new HashMap<>();
    EventBuffer events = new EventBuffer(4_096);
    while (seen.size() < REQUESTS - 1) {
      poll(engine, events, seen);
    }
    engine.submit(
        GenerationRequest.greedy(REQUESTS, StandIn.prompt(lastPrompt, 3), 60_000).ignoringEnd());
    happening.run();
    try {
      while (true) {
        poll(engine, events, seen);
      }
    } finally {
      System.out.println(
          seen.values().stream().filter(one -> one.status == EngineStatus.FATAL).count()
              + " requests ended as FATAL");
      System.out.println("phase " + engine.state().phase());
    }
  }

  private static void poll(Engine engine, EventBuffer events, Map<Long, Generated> seen) {
    engine.poll(events, Duration.ofMillis(100));
    Generated.add(seen, events);
  }

  private static void killTheRank() {
    List<ProcessHandle> ranks = ProcessHandle.current().children().toList();
    System.out.println(ranks.size() + " rank killed");
    ranks.forEach(ProcessHandle::destroyForcibly);
  }

  /** The executor never ends what is cancelled, while another request goes on. */
  private static void deaf(Engine engine) {
    engine.awaitReady(Duration.ofSeconds(60));
    for (long id = 1; id <= 2; id++) {
      engine.submit(
          GenerationRequest.greedy(id, StandIn.prompt(StandIn.BEGIN, 3), 60_000).ignoringEnd());
    }
    engine.cancel(1);
    Map<Long, Generated> seen =
        Generated.until(engine, some -> some.containsKey(1L) && some.get(1L).last != null);
    System.out.printf(
        "%s, the other %s%n", Generated.of(seen, 1).reason, Generated.of(seen, 2).last);
  }

  private static void speculative(Engine engine) {
    engine.awaitReady(Duration.ofSeconds(60));
    GenerationRequest request = GenerationRequest.greedy(1, StandIn.prompt(StandIn.BEGIN, 3), 9);
    try {
      engine.submit(request.withLogprobs(1));
    } catch (EngineException e) {
      System.out.println("logprobs: " + e.status());
    }
    engine.submit(request);
    System.out.println(Generated.one(engine, 1).reason);
  }

  /** Says by how many KiB the process grew over 8,000 requests, each tenth cancelled. */
  private static void leak(Engine engine) throws IOException {
    engine.awaitReady(Duration.ofSeconds(60));
    run(engine, 1, 2_000);
    long before = residentKib();
    run(engine, 2_001, 10_000);
    System.out.println("grown " + (residentKib() - before));
  }

  private static void run(Engine engine, long first, long last) {
    EventBuffer events = new EventBuffer(4_096);
    long submitted = first - 1;
    long ended = first - 1;
    while (ended < last) {
      for (; submitted < last && submitted - ended < 64; submitted++) {
        engine.submit(
            GenerationRequest.greedy(submitted + 1, StandIn.prompt(StandIn.BEGIN, 20), 8));
        if (submitted % 10 == 0) {
          engine.cancel(submitted + 1);
        }
      }
      engine.poll(events, Duration.ofSeconds(1));
      while (events.next()) {
        ended += events.kind() == EventBuffer.Kind.TOKEN ? 0 : 1;
      }
    }
  }

  private static long residentKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IllegalStateException("no VmRSS");
  }
}
