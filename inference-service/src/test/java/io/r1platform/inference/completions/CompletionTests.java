package io.r1platform.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.prompts.OutputText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
    List<Signal> signals = signals();
    tell(token("We"));
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
    Thread engine = Thread.ofPlatform().start(() -> tell(token("We")));
    await(taken);

    assertThatThrownBy(() -> completion.on(end())).isInstanceOf(Sinks.EmissionException.class);

    letGo.countDown();
    engine.join();
    assertThat(outcome.get(20, TimeUnit.SECONDS)).contains("could not be told");
  }

  @Test
  void tokensThatComeTogetherLeaveTogether() {
    List<Signal> signals = signals();
    completion.on(token("We"));
    completion.on(token(" add"));
    assertThat(signals).isEmpty();
    completion.flush();
    completion.flush();
    assertThat(signals).containsExactly(delta(2, new OutputText.Text("We add", ""), 2));
  }

  /** So that whoever counts from the stream alone never takes an answer's token for reasoning. */
  @Test
  void reasoningAndAnswerLeaveApart() {
    List<Signal> signals = signals();
    completion.on(token("We"));
    completion.on(
        new GenerationEvent.Token(2, true, "</think>".getBytes(StandardCharsets.UTF_8), 0));
    completion.on(token("9"));
    completion.on(token("36"));
    completion.flush();
    assertThat(signals)
        .containsExactly(
            delta(2, new OutputText.Text("We", ""), 2),
            delta(4, new OutputText.Text("", "936"), 2));
  }

  @Test
  void anEndTakesWhatIsGatheredWithIt() {
    List<Signal> signals = signals();
    completion.on(token("We"));
    completion.on(end());
    assertThat(signals).first().isEqualTo(delta(1, new OutputText.Text("We", ""), 1));
    assertThat(signals).hasSize(2);
  }

  /** Their ids tell the tokens apart where a stream is resumed. */
  @Test
  void tokensOfSeveralChoicesLeaveAlone() {
    var two = new Completion(2, () -> new OutputText(1, 2, List.of()), /* logprobs= */ false);
    List<Signal> signals = new ArrayList<>();
    two.signals().subscribe(signals::add);
    two.listeners().getFirst().on(token("We"));
    two.listeners().getLast().on(token("I"));
    two.listeners().getLast().flush();
    two.listeners().getFirst().flush();
    assertThat(signals).hasSize(2);
    assertThat(signals)
        .extracting(signal -> ((Signal.Delta) signal).tokens())
        .containsExactly(1, 2);
  }

  private void tell(GenerationEvent.Token token) {
    completion.on(token);
    completion.flush();
  }

  private List<Signal> signals() {
    List<Signal> signals = new ArrayList<>();
    completion.signals().subscribe(signals::add);
    return signals;
  }

  private static Signal.Delta delta(int tokens, OutputText.Text text, int reasoningTokens) {
    return new Signal.Delta(tokens, text, reasoningTokens, 0);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
