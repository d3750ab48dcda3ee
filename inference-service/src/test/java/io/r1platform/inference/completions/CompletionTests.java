package io.r1platform.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.prompts.OutputText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

final class CompletionTests {
  private final Completion completion = new Completion(new OutputText(1, 2, List.of()));

  private static GenerationEvent.Token token(String text) {
    return new GenerationEvent.Token(7, true, text.getBytes(StandardCharsets.UTF_8), 0);
  }

  private static GenerationEvent end() {
    return Answers.ended(GenerationEvent.Finish.STOP, 1, 1, null);
  }

  @Test
  void theEndFollowsTheText() {
    List<Signal> signals = new java.util.ArrayList<>();
    completion.signals().subscribe(signals::add);
    completion.on(token("We"));
    completion.on(end());
    assertThat(signals)
        .hasSize(2)
        .satisfies(all -> assertThat(all.getLast()).isInstanceOf(Signal.End.class));
  }

  /** Else the keep-alives would go on and the client would wait for ever. */
  @Test
  void anAnswerWhoseEndCannotBeToldEndsWithAnError() throws Exception {
    var taken = new CountDownLatch(1);
    var letGo = new CountDownLatch(1);
    var outcome = new CompletableFuture<String>();
    completion
        .signals()
        .subscribe(
            _ -> {
              taken.countDown();
              await(letGo);
            },
            failure -> outcome.complete(failure.getMessage()),
            () -> outcome.complete("whole"));
    Thread engine = Thread.ofPlatform().start(() -> completion.on(token("We")));
    await(taken);

    assertThatThrownBy(() -> completion.on(end())).isInstanceOf(Sinks.EmissionException.class);

    letGo.countDown();
    engine.join();
    assertThat(outcome.get(20, TimeUnit.SECONDS)).contains("could not be told");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
