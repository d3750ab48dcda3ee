package io.r1platform.inference.completions;

import java.util.concurrent.Executor;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/**
 * The one thread that writes a connection. What is written with flushes must be published on it:
 * Reactor 3.8.7 loses a request for more that another thread makes while one buffer ends and its
 * flush begins ({@code FluxConcatArray.addCapAndGetSubscription} compares a count that may have
 * come back to the same value), and then the answer stands still for ever, its keep-alives too.
 */
final class EventLoop {
  private EventLoop() {}

  /** Of the connection that {@code response} goes to. */
  static Scheduler of(ServerHttpResponse response) {
    Connection connection = ServerHttpResponseDecorator.getNativeResponse(response);
    Executor loop = connection.channel().eventLoop();
    return Schedulers.fromExecutor(task -> loop.execute(task)); // of a service, each task is kept
  }
}
