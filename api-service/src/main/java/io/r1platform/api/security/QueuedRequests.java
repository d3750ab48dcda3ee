package io.r1platform.api.security;

import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Handles each request one event-loop task after it was read. Reactor Netty 1.3.7 queues a request
 * that comes while the answer before it is still being finished; if the queued one is then answered
 * at once, in the same task, the connection is never read again and the next request hangs
 * (reactor-netty#4361). Goes when Spring Boot brings a version with the fix.
 */
@Component
final class QueuedRequests implements HttpHandlerDecoratorFactory {

  @Override
  public HttpHandler apply(HttpHandler handler) {
    return (request, response) ->
        Mono.defer(() -> handler.handle(request, response))
            .subscribeOn(Schedulers.fromExecutor(eventLoop(request)));
  }

  private static EventLoop eventLoop(ServerHttpRequest request) {
    HttpServerRequest netty = ServerHttpRequestDecorator.getNativeRequest(request);
    var loop = new AtomicReference<EventLoop>();
    netty.withConnection(connection -> loop.set(connection.channel().eventLoop()));
    EventLoop found = loop.get();
    if (found == null) {
      throw new IllegalStateException("a request without a connection");
    }
    return found;
  }
}
