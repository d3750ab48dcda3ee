package io.r1platform.springai;

import java.time.Duration;
import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Text as it comes. What the subscriber has not taken waits here, never more than the cap of
 * tokens. The subscriber runs on a thread of its own: it may wait without holding the engine up.
 */
final class StreamedAnswer implements Answer {
  private final Sinks.Many<ChatResponse> responses = Sinks.many().unicast().onBackpressureBuffer();
  private volatile boolean ended; // the engine has done its part, whatever the subscriber does

  @Override
  public void delta(ChatResponse delta) {
    responses.tryEmitNext(delta);
  }

  @Override
  public void ended(ChatResponse last, ChatResponse whole) {
    ended = true;
    responses.tryEmitNext(last);
    responses.tryEmitComplete();
  }

  @Override
  public void failed(R1Exception failure) {
    ended = true;
    responses.tryEmitError(failure);
  }

  /**
   * The responses; who cancels the subscription cancels the call.
   *
   * @param longest after which the engine has missed the call's own deadline
   * @param standsStill hears of that
   */
  Flux<ChatResponse> responses(Duration longest, Runnable cancel, Runnable standsStill) {
    Mono<Object> missed =
        Mono.delay(longest)
            .flatMap(
                _ -> {
                  if (ended) {
                    return Mono.never(); // a slow reader has its time
                  }
                  standsStill.run();
                  return Mono.error(R1Exception.standsStill());
                });
    return responses
        .asFlux()
        .doOnCancel(cancel)
        .takeUntilOther(missed)
        .publishOn(Schedulers.boundedElastic());
  }
}
