package io.r1platform.inference.completions;

import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.prompts.CallDelta;
import io.r1platform.prompts.OutputText;
import java.util.ArrayList;
import java.util.List;

/** One choice of an answer: its text so far. Used by one thread at a time. */
final class Choice {
  private final int index;
  private final OutputText output;
  private final boolean logprobs;
  private List<GenerationEvent.Token> reasoning = new ArrayList<>();
  private List<GenerationEvent.Token> answer = new ArrayList<>();
  private boolean called;

  Choice(int index, OutputText output, boolean logprobs) {
    this.index = index;
    this.output = output;
    this.logprobs = logprobs;
  }

  int index() {
    return index;
  }

  OutputText.Text accept(GenerationEvent.Token token) {
    if (logprobs && token.isText()) {
      (output.reasoningEnded() ? answer : reasoning).add(token);
    }
    return noted(output.accept(token.id(), token.isText(), token.piece()));
  }

  OutputText.Text finish() {
    return noted(output.finish());
  }

  private OutputText.Text noted(OutputText.Text text) {
    List<CallDelta> calls = text.calls();
    called |= !calls.isEmpty();
    return text;
  }

  /** Those not taken yet; tokens of a stop string are left out, for they are not shown. */
  Signal.Logprobs takeLogprobs() {
    var taken = new Signal.Logprobs(reasoning, output.stopped() && !called ? List.of() : answer);
    reasoning = new ArrayList<>();
    answer = new ArrayList<>();
    return taken.isEmpty() ? Signal.Logprobs.NONE : taken;
  }

  boolean stopped() {
    return output.stopped();
  }

  boolean called() {
    return called;
  }

  int reasoningTokens() {
    return output.reasoningTokens();
  }
}
