package io.r1platform.springai;

import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Text as it comes. What the subscriber has not taken waits here, never more than the cap of
 * tokens. The subscriber runs on a thread of its own: it may wait without holding the engine up.
 */
final class StreamedAnswer implements Answer {
  private final Sinks.Many<ChatResponse> responses = Sinks.many().unicast().onBackpressureBuffer();

  @Override
  public void delta(ChatResponse delta) {
    responses.tryEmitNext(delta);
  }

  @Override
  public void ended(ChatResponse last, ChatResponse whole) {
    responses.tryEmitNext(last);
    responses.tryEmitComplete();
  }

  @Override
  public void failed(R1Exception failure) {
    responses.tryEmitError(failure);
  }

  /** The responses; who cancels the subscription cancels the call. */
  Flux<ChatResponse> responses(Runnable cancel) {
    return responses.asFlux().doOnCancel(cancel).publishOn(Schedulers.boundedElastic());
  }
}
