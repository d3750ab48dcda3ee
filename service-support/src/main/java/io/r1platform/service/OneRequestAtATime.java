package io.r1platform.service;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.ChannelOperations;

/**
 * Keeps a request from the server until all of the one before it on the connection is over. A
 * client may send it as soon as it has the whole answer, which is before the server has put that
 * exchange away; Reactor Netty 1.3.7 then queues it, and forgets it: the request itself if it says
 * {@code Connection: close}, else the read after it if it is answered at once (reactor-netty#4361).
 * Either way the client waits for ever.
 */
public final class OneRequestAtATime extends ChannelDuplexHandler {
  /** Its place in a pipeline. */
  public static final String NAME = OneRequestAtATime.class.getName();

  /**
   * Bytes that wait on a connection. With as many nothing more is read, so that one read more is
   * the most; fewer leave a hang-up to be noticed.
   */
  static final int MOST_BYTES = 64 << 10;

  /** What the head of a request counts, and any other part besides its bytes. */
  private static final int HEAD_BYTES = 8 << 10;

  private static final int PART_BYTES = 256;

  private final Queue<Object> kept = new ArrayDeque<>();
  private long keptBytes;
  private boolean readWanted;

  /** Puts one behind the codec of a connection that speaks HTTP/1.1; false if it does not. */
  public static boolean install(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    if (pipeline.get(NettyPipeline.HttpCodec) == null) {
      return false;
    }
    pipeline.addAfter(NettyPipeline.HttpCodec, NAME, new OneRequestAtATime());
    return true;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!kept.isEmpty() || mustWait(context, message)) {
      Object own = message instanceof HttpContent content ? copied(content) : message;
      kept.add(own);
      keptBytes += bytes(own);
    } else {
      context.fireChannelRead(message);
    }
  }

  private static boolean mustWait(ChannelHandlerContext context, Object message) {
    return message instanceof HttpRequest && ChannelOperations.get(context.channel()) != null;
  }

  /** The same off the network's memory, of which a few bytes would keep a whole buffer. */
  private static Object copied(HttpContent content) {
    if (!content.content().isReadable() || content instanceof HttpRequest) {
      return content;
    }
    HttpContent copy = content.replace(Unpooled.copiedBuffer(content.content()));
    content.release();
    return copy;
  }

  private static long bytes(Object message) {
    int head = message instanceof HttpRequest ? HEAD_BYTES : PART_BYTES;
    return message instanceof HttpContent content ? head + content.content().readableBytes() : head;
  }

  @Override
  public void read(ChannelHandlerContext context) {
    if (keptBytes < MOST_BYTES) {
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
      keptBytes -= bytes(next);
      context.fireChannelRead(next);
      next = kept.peek();
    }
    if (readWanted && keptBytes < MOST_BYTES) {
      readWanted = false;
      context.read();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    kept.forEach(ReferenceCountUtil::release);
    kept.clear();
    keptBytes = 0;
  }
}
