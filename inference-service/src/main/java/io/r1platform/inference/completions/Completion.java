package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.generation.Choices;
import io.r1platform.inference.generation.Generation;
import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.generation.GenerationListener;
import io.r1platform.prompts.OutputText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * One answer on its way from the engine's thread to a response. What a slow client has not taken
 * waits here; it is never more than the request's cap of tokens for each choice.
 *
 * <p>Tokens that come together leave together, in one event: a small model has several before the
 * next poll, and the writes would cost more than the tokens. Of several choices each token leaves
 * alone, for its id tells them apart, and so does each with logprobs.
 */
final class Completion {
  /** Two threads take turns; the later one waits for the other to let go, and nothing is lost. */
  private static final Sinks.EmitFailureHandler TURN =
      Sinks.EmitFailureHandler.busyLooping(Duration.ofSeconds(1));

  private final List<Choice> texts = new ArrayList<>();
  private final boolean gathers;
  private final Choices choices;
  private final Sinks.Many<Signal> signals = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.Empty<Signal> broken = Sinks.empty();
  private final AtomicInteger tokens = new AtomicInteger();
  private final AtomicInteger unfinished;
  private OutputText.Text gathered = OutputText.Text.NONE;
  private volatile int cachedTokens;
  private volatile List<Generation> generations = List.of();
  private volatile boolean hungUp;
  private volatile @Nullable Ended unproven;

  /** Of so many choices, with logprobs or without; {@code outputs} makes the reader of each. */
  Completion(int count, Supplier<OutputText> outputs, boolean logprobs) {
    for (int index = 0; index < count; index++) {
      texts.add(new Choice(index, outputs.get(), logprobs));
    }
    this.gathers = count == 1 && !logprobs;
    this.choices = new Choices(count);
    this.unfinished = new AtomicInteger(count);
  }

  /** Of one choice without logprobs. */
  Completion(OutputText output) {
    this(1, () -> output, false);
  }

  /** An event of the first choice. */
  boolean on(GenerationEvent event) {
    return on(texts.getFirst(), event);
  }

  /** The tokens of the first choice so far leave. */
  void flush() {
    flush(texts.getFirst());
  }

  /** Who hears the choices, by index. */
  List<GenerationListener> listeners() {
    return texts.stream().<GenerationListener>map(Listener::new).toList();
  }

  /** What counts them together. */
  Choices choices() {
    return choices;
  }

  /** Called by the engine's thread for tokens and by another one, later, for the end. */
  private boolean on(Choice choice, GenerationEvent event) {
    return switch (event) {
      case GenerationEvent.Token token -> {
        OutputText.Text text = choice.accept(token);
        if (gathers && !text.goesOn(gathered)) {
          flush(choice); // as of the tokens before this one
        }
        if (tokens.getAndIncrement() == 0) {
          cachedTokens = token.cachedTokens();
        }
        if (gathers) {
          gathered = gathered.and(text);
        } else {
          emit(choice, text);
        }
        yield !choice.stopped();
      }
      case Ended ended -> {
        end(choice, ended);
        yield true;
      }
    };
  }

  /** The signals, for one subscriber; an error where the end cannot be told. */
  Flux<Signal> signals() {
    return signals.asFlux().takeUntilOther(broken.asMono());
  }

  /** The engine has taken the request. */
  void started(List<Generation> running) {
    generations = running;
    if (hungUp) {
      running.forEach(Generation::cancel);
    }
  }

  /** The client has gone, or has all it gets. */
  void hangUp() {
    hungUp = true;
    generations.forEach(Generation::cancel);
  }

  /**
   * Without an end the answer would be kept alive for ever, so its connection is broken instead.
   */
  private void end(Choice choice, Ended ended) {
    try {
      if (tokens.get() == 0) {
        cachedTokens = ended.usage().promptHit();
      }
      flush(choice);
      emit(choice, choice.finish());
      if (ended.failure() != null && ended.failure().code() == ErrorCode.METERING_UNAVAILABLE) {
        unproven = ended;
      }
      var finished =
          new Signal.Finished(
              choice.index(),
              tokens.get(),
              ended,
              reasoningTokens(),
              choice.called(),
              choice.takeLogprobs(),
              cachedTokens);
      boolean only = texts.size() == 1;
      if (!only) {
        signals.emitNext(finished, TURN);
      }
      if (unfinished.decrementAndGet() == 0) {
        signals.emitNext(new Signal.End(whole(ended), only ? finished : null), TURN);
        signals.emitComplete(TURN);
      }
    } catch (Throwable e) {
      broken.tryEmitError(new IllegalStateException("the end could not be told", e));
      throw e;
    }
  }

  /** All choices together; it failed if one did, or its receipt. */
  private Ended whole(Ended last) {
    Ended withoutReceipt = unproven;
    if (texts.size() == 1 || withoutReceipt != null) {
      return withoutReceipt == null ? last : withoutReceipt;
    }
    return choices.total();
  }

  /** Tokens of all choices that belong to reasoning, so far. */
  private int reasoningTokens() {
    return texts.stream().mapToInt(Choice::reasoningTokens).sum();
  }

  /** Several choices may be ended by several threads, and have nothing gathered. */
  private void flush(Choice choice) {
    if (gathers) {
      emit(choice, gathered);
      gathered = OutputText.Text.NONE;
    }
  }

  private void emit(Choice choice, OutputText.Text text) {
    if (!text.isEmpty()) {
      signals.emitNext(
          new Signal.Delta(
              choice.index(),
              tokens.get(),
              text,
              choice.takeLogprobs(),
              reasoningTokens(),
              cachedTokens),
          TURN);
    }
  }

  private final class Listener implements GenerationListener {
    private final Choice choice;

    Listener(Choice choice) {
      this.choice = choice;
    }

    @Override
    public boolean on(GenerationEvent event) {
      return Completion.this.on(choice, event);
    }

    @Override
    public void flush() {
      Completion.this.flush(choice);
    }
  }
}
