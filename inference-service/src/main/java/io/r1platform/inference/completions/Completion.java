package io.r1platform.inference.completions;

import io.r1platform.inference.generation.Generation;
import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.inference.generation.GenerationListener;
import io.r1platform.prompts.OutputText;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * One answer on its way from the engine's thread to a response. What a slow client has not taken
 * waits here; it is never more than the request's cap of tokens.
 */
final class Completion implements GenerationListener {
  /** Two threads take turns; the later one waits for the other to let go, and nothing is lost. */
  private static final Sinks.EmitFailureHandler TURN =
      Sinks.EmitFailureHandler.busyLooping(Duration.ofSeconds(1));

  private final OutputText output;
  private final Sinks.Many<Signal> signals = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.Empty<Signal> broken = Sinks.empty();
  private final AtomicReference<@Nullable Generation> generation = new AtomicReference<>();
  private volatile boolean hungUp;

  Completion(OutputText output) {
    this.output = output;
  }

  /** Called by the engine's thread for tokens and by another one, later, for the end. */
  @Override
  public boolean on(GenerationEvent event) {
    return switch (event) {
      case GenerationEvent.Token token -> {
        OutputText.Text text = output.accept(token.id(), token.isText(), token.piece());
        emit(text, token.cachedTokens());
        yield !output.stopped();
      }
      case GenerationEvent.Ended ended -> {
        end(ended);
        yield true;
      }
    };
  }

  /** The signals, for one subscriber; an error where the end cannot be told. */
  Flux<Signal> signals() {
    return signals.asFlux().takeUntilOther(broken.asMono());
  }

  /** The engine has taken the request. */
  void started(Generation running) {
    generation.set(running);
    if (hungUp) {
      running.cancel();
    }
  }

  /** The client has gone, or has all it gets. */
  void hangUp() {
    hungUp = true;
    Generation running = generation.get();
    if (running != null) {
      running.cancel();
    }
  }

  /**
   * Without an end the answer would be kept alive for ever, so its connection is broken instead.
   */
  private void end(GenerationEvent.Ended ended) {
    try {
      emit(output.finish(), ended.usage().promptHit());
      signals.emitNext(new Signal.End(ended, output.reasoningEnded()), TURN);
      signals.emitComplete(TURN);
    } catch (Throwable e) {
      broken.tryEmitError(new IllegalStateException("the end could not be told", e));
      throw e;
    }
  }

  private void emit(OutputText.Text text, int cachedTokens) {
    if (!text.isEmpty()) {
      int reasoning = output.reasoningEnded() ? output.reasoningTokens() : 0;
      signals.emitNext(new Signal.Delta(output.tokens(), text, reasoning, cachedTokens), TURN);
    }
  }
}
