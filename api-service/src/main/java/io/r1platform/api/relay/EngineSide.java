package io.r1platform.api.relay;

import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.BaseSubscriber;

/** The engine's reply to one attempt; its bytes come only as they are asked for. */
final class EngineSide extends BaseSubscriber<DataBuffer> {
  private final int attempt;
  private final ObjIntConsumer<byte[]> onBytes;
  private final IntConsumer onClosed;
  private final ObjIntConsumer<Throwable> onBroken;

  EngineSide(
      int attempt,
      ObjIntConsumer<byte[]> onBytes,
      IntConsumer onClosed,
      ObjIntConsumer<Throwable> onBroken) {
    this.attempt = attempt;
    this.onBytes = onBytes;
    this.onClosed = onClosed;
    this.onBroken = onBroken;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    // Nothing is asked for before the ADMIT is durable.
  }

  /**
   * Copies the bytes off the network's memory, for they may wait for a client that reads slowly or
   * has left, and what Reactor discards then it does not give back.
   */
  @Override
  protected void hookOnNext(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    onBytes.accept(bytes, attempt);
  }

  @Override
  protected void hookOnComplete() {
    onClosed.accept(attempt);
  }

  @Override
  protected void hookOnError(Throwable failure) {
    onBroken.accept(failure, attempt);
  }
}
