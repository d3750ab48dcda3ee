package io.r1platform.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.channel.ChannelOperations;

/** What a client sends on while its request before is answered: no way around memory's limits. */
class WaitingPartsTests {
  private final Reads reads = new Reads();
  private final EmbeddedChannel channel = new EmbeddedChannel(reads, new OneRequestAtATime());
  private final Connection idle = Connection.from(channel);
  private final ChannelOperations<NettyInbound, NettyOutbound> exchange =
      new ChannelOperations<>(idle, ConnectionObserver.emptyListener());

  /** Counts how often more is asked of the network. */
  private static final class Reads extends ChannelOutboundHandlerAdapter {
    private int count;

    @Override
    public void read(ChannelHandlerContext context) {
      count++;
      context.read();
    }
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  /** Whether more is read after it came, if the server wants more. */
  private boolean readsOnAfter(Object message) {
    channel.writeInbound(message);
    int before = reads.count;
    channel.read();
    return reads.count > before;
  }

  private static DefaultHttpRequest head() {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/v1/files");
  }

  @Test
  void areFewBytesOnAConnectionAndComeInTheirOrder() {
    exchange.bind();
    assertThat(readsOnAfter(head())).isTrue();
    int size = 8 << 10;
    int pieces = 1;
    while (readsOnAfter(new DefaultHttpContent(Unpooled.directBuffer(size).writeZero(size)))) {
      pieces++;
    }
    assertThat(pieces * size).isBetween(size, OneRequestAtATime.MOST_BYTES);
    assertThat(channel.inboundMessages()).isEmpty();

    int before = reads.count;
    exchange.rebind(idle);
    channel.pipeline().fireUserEventTriggered("the exchange is over");
    channel.runPendingTasks();

    assertThat(channel.inboundMessages())
        .hasSize(1 + pieces)
        .first()
        .isInstanceOf(head().getClass());
    assertThat(reads.count).as("reads on").isGreaterThan(before);
  }

  @Test
  void areFewHeadsToo() {
    exchange.bind();
    int heads = 1;
    while (readsOnAfter(head())) {
      heads++;
    }
    assertThat(heads).isBetween(2, 16);
  }

  @Test
  void holdNoneOfTheNetworksMemory() {
    exchange.bind();
    channel.writeInbound(head());
    ByteBuf buffer = Unpooled.directBuffer(64 << 10).writeZero(1);
    channel.writeInbound(new DefaultHttpContent(buffer));
    assertThat(buffer.refCnt()).isZero();

    exchange.rebind(idle);
    channel.pipeline().fireUserEventTriggered("the exchange is over");
    channel.runPendingTasks();
    ReferenceCountUtil.release(channel.readInbound());
    HttpContent passed = channel.readInbound();
    assertThat(passed.content().readableBytes()).isEqualTo(1);
    passed.release();
  }
}
