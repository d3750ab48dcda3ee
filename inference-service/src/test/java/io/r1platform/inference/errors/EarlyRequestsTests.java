package io.r1platform.inference.errors;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.service.OneRequestAtATime;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.http.server.reactive.HttpHandler;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;

class EarlyRequestsTests {

  /** What it does there is shown in {@code service-support}. */
  @Test
  void areKeptRightBehindTheCodec() throws Exception {
    var factory = new NettyReactiveWebServerFactory(0);
    new EarlyRequests().customize(factory);
    var pipeline = new CompletableFuture<List<String>>();
    factory.addServerCustomizers(
        netty ->
            netty.doOnChannelInit(
                (observer, channel, remote) -> pipeline.complete(channel.pipeline().names())));
    HttpHandler nobody = (request, response) -> Mono.empty();
    WebServer server = factory.getWebServer(nobody);
    server.start();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
      assertThat(socket.isConnected()).isTrue();
      assertThat(pipeline.get(10, TimeUnit.SECONDS))
          .containsSequence(NettyPipeline.HttpCodec, OneRequestAtATime.NAME);
    } finally {
      server.stop();
    }
  }
}
