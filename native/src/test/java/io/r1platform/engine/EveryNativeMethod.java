package io.r1platform.engine;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A main class that calls every native method, with good and bad arguments, and ends with a word.
 */
final class EveryNativeMethod {
  static final String LAST_WORD = "every native method was called";
  private static final int[] PROMPT = {0, 3, 48, 4, 14};

  private EveryNativeMethod() {}

  public static void main(String[] arguments) {
    Engine engine = Fixture.open(EngineOptions.defaults(Fixture.MODEL).withRequests(4, 4));
    engine.model();
    engine.detokenize(engine.tokenize("한국어 347 - 12는?"));
    engine.detokenize(engine.tokenize(""));
    engine.tokenize("x".repeat(100_000));
    engine.tokenId("<think>");
    engine.tokenId("none");
    refused(() -> engine.detokenize(new int[] {-1}));
    refused(() -> engine.tokenize(new byte[] {(byte) 0xff}));
    refused(() -> engine.submit(GenerationRequest.greedy(1, new int[] {-1}, 1)));
    refused(() -> engine.submit(GenerationRequest.greedy(1, PROMPT, 100_000)));
    for (long id = 1; id <= 8; id++) {
      engine.submit(GenerationRequest.greedy(id, PROMPT, 30).withStopIds(1, 2).ignoringEnd());
    }
    engine.cancel(3);
    engine.cancel(99);
    Generated.all(engine, 1, 2, 3, 4, 5, 6, 7, 8);
    engine.stats();
    engine.poll(new EventBuffer(16), Duration.ZERO);
    engine.drain();
    refused(() -> engine.submit(GenerationRequest.greedy(1, PROMPT, 1)));
    engine.close();
    engine.close();
    try {
      engine.state();
      throw new AssertionError("a closed engine answered");
    } catch (IllegalStateException expected) {
      refused(() -> Engine.open(EngineOptions.defaults(Path.of("none"))));
    }
    System.out.println(LAST_WORD);
  }

  private static void refused(Runnable call) {
    try {
      call.run();
    } catch (EngineException expected) {
      return;
    }
    throw new AssertionError("a call was not refused");
  }
}
