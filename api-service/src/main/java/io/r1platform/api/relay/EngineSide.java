package io.r1platform.api.relay;

import java.util.function.Consumer;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.BaseSubscriber;

/** The engine's reply to one attempt; its bytes come only as they are asked for. */
final class EngineSide extends BaseSubscriber<DataBuffer> {
  private final Consumer<DataBuffer> onBytes;
  private final Runnable onClosed;
  private final Consumer<Throwable> onBroken;

  EngineSide(Consumer<DataBuffer> onBytes, Runnable onClosed, Consumer<Throwable> onBroken) {
    this.onBytes = onBytes;
    this.onClosed = onClosed;
    this.onBroken = onBroken;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    // Nothing is asked for before the ADMIT is durable.
  }

  @Override
  protected void hookOnNext(DataBuffer buffer) {
    onBytes.accept(buffer);
  }

  @Override
  protected void hookOnComplete() {
    onClosed.run();
  }

  @Override
  protected void hookOnError(Throwable failure) {
    onBroken.accept(failure);
  }
}
