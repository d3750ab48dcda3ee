package io.r1platform.api.errors;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import reactor.netty.channel.ChannelOperations;

/**
 * Keeps a request from the server until all of the one before it on the connection is over. A
 * client may send it as soon as it has the whole answer, which is before the server has put that
 * exchange away; Reactor Netty 1.3.7 then queues it, and forgets it: the request itself if it says
 * {@code Connection: close}, else the read after it if it is answered at once (reactor-netty#4361).
 * Either way the client waits for ever.
 */
final class OneRequestAtATime extends ChannelDuplexHandler {
  /** Parts of requests. With as many nothing more is read; fewer leave a hang-up to be noticed. */
  private static final int MOST = 32;

  private final Queue<Object> kept = new ArrayDeque<>();
  private boolean readWanted;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!kept.isEmpty() || mustWait(context, message)) {
      kept.add(message);
    } else {
      context.fireChannelRead(message);
    }
  }

  private static boolean mustWait(ChannelHandlerContext context, Object message) {
    return message instanceof HttpRequest && ChannelOperations.get(context.channel()) != null;
  }

  @Override
  public void read(ChannelHandlerContext context) {
    if (kept.size() < MOST) {
      context.read();
    } else {
      readWanted = true;
    }
  }

  /** The end of an exchange is such an event; the server has heard of it when the task runs. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    context.fireUserEventTriggered(event);
    if (!kept.isEmpty()) {
      context.executor().execute(() -> pass(context));
    }
  }

  private void pass(ChannelHandlerContext context) {
    Object next = kept.peek();
    while (next != null && context.channel().isActive() && !mustWait(context, next)) {
      kept.remove();
      context.fireChannelRead(next);
      next = kept.peek();
    }
    if (readWanted && kept.size() < MOST) {
      readWanted = false;
      context.read();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    kept.forEach(ReferenceCountUtil::release);
    kept.clear();
  }
}
