package io.r1platform.inference.chatmodel;

import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.Generation;
import io.r1platform.inference.generation.GenerationEvent;
import io.r1platform.prompts.OutputText;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Text as it comes. What the subscriber has not taken waits here, never more than the cap of
 * tokens; who cancels the subscription cancels the generation.
 */
final class StreamedAnswer implements Answer {
  private final Sinks.Many<ChatResponse> responses = Sinks.many().unicast().onBackpressureBuffer();
  private final AtomicReference<@Nullable Generation> generation = new AtomicReference<>();

  @Override
  public void text(OutputText.Text text, Responses made) {
    responses.tryEmitNext(made.delta(text.reasoning(), text.answer()));
  }

  @Override
  public void ended(GenerationEvent.Ended ended, Responses made) {
    responses.tryEmitNext(made.last(ended, "", ""));
    responses.tryEmitComplete();
  }

  @Override
  public void failed(ServiceException failure) {
    responses.tryEmitError(failure);
  }

  void started(Generation running) {
    generation.set(running);
  }

  Flux<ChatResponse> responses() {
    return responses
        .asFlux()
        .doOnCancel(
            () -> {
              Generation running = generation.get();
              if (running != null) {
                running.cancel();
              }
            });
  }
}
