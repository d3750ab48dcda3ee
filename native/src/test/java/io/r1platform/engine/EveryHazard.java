package io.r1platform.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A main class that feeds every hazard to the public API and names each one it survived: after it,
 * an engine that was open all the while still says what it said before.
 */
final class EveryHazard {
  private static final int[] PROMPT = {0, 3, 48, 4, 14};
  private static final int[] LONG_PROMPT = IntStream.range(100, 500).toArray();

  private final Engine engine = Fixture.open();
  private final HostileFiles files;
  private long lastId;

  private EveryHazard(Path directory) {
    this.files = new HostileFiles(directory);
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("r1-hazards-");
    try {
      new EveryHazard(directory).run();
    } finally {
      HostileFiles.delete(directory);
    }
  }

  private void run() {
    List<Integer> before = generate();
    for (Hazard hazard : Hazard.values()) {
      feed(hazard);
      require(generate().equals(before), hazard + " changed another request");
      System.out.println("survived " + hazard.name());
    }
    engine.close();
  }

  private void feed(Hazard hazard) {
    switch (hazard) {
      case LARGE_BATCH -> allEnd(engine, 16, LONG_PROMPT, 100);
      case MANY_SEQUENCES -> {
        try (Engine two = Fixture.open(EngineOptions.defaults(Fixture.MODEL).withRequests(2, 20))) {
          allEnd(two, 22, PROMPT, 20);
        }
      }
      case SHARED_PREFIX -> sharedPrefix();
      case METADATA -> files.metadata();
      case WEIGHTS -> files.weights();
      case ARCHITECTURE -> files.architecture();
      case OTHER_KIND -> files.otherKinds();
      case NOT_UTF8 -> {
        for (String bytes : List.of("80", "c0af", "eda080", "f4908080", "e282", "61ff")) {
          refused(() -> engine.tokenize(HexFormat.of().parseHex(bytes)));
        }
      }
      case LONG_WORD -> {
        for (String thing : List.of("a", " ", "7", "\n", "가", "!", "🙂", "\u0301")) {
          engine.tokenize(thing.repeat(100_000));
        }
        refused(() -> engine.tokenize(new byte[(2 << 20) + 1]));
      }
      case UNKNOWN_ID -> unknownIds();
      case GRAMMAR -> grammars();
      case COSTLY_SCHEMA ->
          refused(
              () ->
                  constrained(
                      new Constraint.JsonSchema(
                          "{\"type\":[\"array\",\"array\"],\"items\":".repeat(40)
                              + "true"
                              + "}".repeat(40))));
      case COSTLY_CONSTRAINT -> constrained(costlyGrammar());
      case NO_NUMBERS -> files.noNumbers();
      case NO_CELLS -> {
        long twoContexts = 2L * 512 * 1_024;
        try (Engine small =
            Fixture.open(EngineOptions.defaults(Fixture.MODEL).withMemoryBytesMax(twoContexts))) {
          allEnd(small, 12, LONG_PROMPT, 112);
        }
      }
      case MANY_THREADS -> {
        EngineOptions usual = EngineOptions.defaults(Fixture.MODEL);
        refused(() -> Engine.open(usual.withThreads(1_024)));
        int cores = Runtime.getRuntime().availableProcessors();
        try (Engine all = Fixture.open(usual.withThreads(cores))) {
          allEnd(all, 4, PROMPT, 20);
        }
      }
      case LONG_PIECE -> files.longPiece();
      case AFTER_CLOSE -> afterClose();
    }
  }

  private List<Integer> generate() {
    engine.submit(GenerationRequest.greedy(++lastId, PROMPT, 20).ignoringEnd());
    return Generated.one(engine, lastId).ids;
  }

  private void allEnd(Engine some, int requests, int[] prompt, int tokens) {
    long first = lastId + 1;
    lastId += requests;
    long[] ids = LongStream.rangeClosed(first, lastId).toArray();
    for (long id : ids) {
      some.submit(GenerationRequest.greedy(id, prompt, tokens).ignoringEnd());
    }
    Generated.all(some, ids);
  }

  private void sharedPrefix() {
    Map<Long, Generated> seen = new HashMap<>();
    submitSharing(300);
    Generated.until(engine, seen, some -> !some.isEmpty());
    submitSharing(20);
    submitSharing(20);
    Generated.until(
        engine,
        seen,
        some -> some.values().stream().filter(generated -> generated.last != null).count() == 3);
  }

  private void submitSharing(int tokens) {
    int[] prompt = IntStream.range(200, 300).toArray();
    engine.submit(
        GenerationRequest.greedy(++lastId, prompt, tokens).ignoringEnd().withCacheSalt(9));
  }

  private void unknownIds() {
    for (int id : new int[] {1_024, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      refused(() -> engine.submit(GenerationRequest.greedy(lastId + 1, new int[] {id}, 1)));
      refused(() -> engine.submit(GenerationRequest.greedy(lastId + 1, PROMPT, 1).withStopIds(id)));
      refused(() -> engine.detokenize(new int[] {id}));
    }
  }

  private void grammars() {
    for (String grammar :
        List.of(
            "root = \"a\"",
            "root ::= root \"a\" | \"b\"",
            "root ::= \"a",
            "root ::= *",
            "root ::= [z-a]",
            "root ::= \"\\uD800\"",
            "root ::= \"a\"{3,2}",
            "root ::= " + "(".repeat(9_000))) {
      refused(() -> constrained(new Constraint.Grammar(grammar)));
    }
    refused(() -> constrained(new Constraint.Regex("(".repeat(9_000))));
    String deep = "{\"items\":".repeat(5_000) + "true" + "}".repeat(5_000);
    refused(() -> constrained(new Constraint.JsonSchema(deep)));
    constrained(new Constraint.Grammar("root ::= []"));
    constrained(new Constraint.Grammar("root ::= \"a\"")); // ends where no end token was drawn
  }

  /** It ends, whatever its end. */
  private void constrained(Constraint constraint) {
    long id = lastId + 1;
    engine.submit(GenerationRequest.greedy(id, PROMPT, 40).withConstraint(constraint));
    lastId = id;
    Generated.one(engine, id);
  }

  /** As in costly_grammar.h: it depends on eight digits before, and each may begin 600 rules. */
  private static Constraint costlyGrammar() {
    var text = new StringBuilder("root ::= [0-24-9]* d0\n");
    for (int i = 0; i < 600; i++) {
      text.append("d%d ::= d%d \"y\"\n".formatted(i, i + 1));
    }
    text.append("d600 ::= \"z\"");
    "012456789".chars().forEach(c -> text.append(" | \"%c\" [0-24-9]{8}".formatted(c)));
    return new Constraint.Grammar(text.append('\n').toString());
  }

  private static void afterClose() {
    Engine closed = Fixture.open();
    CompletableFuture<Void> elsewhere =
        CompletableFuture.runAsync(
            () -> {
              EventBuffer events = new EventBuffer(16);
              for (; ; ) {
                closed.poll(events, Duration.ofSeconds(1));
              }
            },
            task -> Thread.ofPlatform().daemon().start(task));
    closed.close();
    require(elsewhere.handle((_, failure) -> failure != null).join(), "a poll outlived its engine");
    List<Runnable> uses =
        List.of(
            closed::state,
            closed::model,
            closed::stats,
            closed::drain,
            () -> closed.tokenize("a"),
            () -> closed.detokenize(PROMPT),
            () -> closed.cancel(1),
            () -> closed.submit(GenerationRequest.greedy(1, PROMPT, 1)));
    for (Runnable use : uses) {
      require(isClosed(use), "a closed engine answered");
    }
    closed.close();
  }

  private static boolean isClosed(Runnable use) {
    try {
      use.run();
      return false;
    } catch (IllegalStateException closed) {
      return true;
    }
  }

  static void refused(Runnable call) {
    try {
      call.run();
    } catch (EngineException expected) {
      return;
    }
    throw new AssertionError("a call was not refused");
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
