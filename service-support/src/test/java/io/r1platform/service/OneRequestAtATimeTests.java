package io.r1platform.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;

/**
 * A request that comes when the client has the answer before it, and the server has not yet put
 * that exchange away: on a loaded machine such a one comes once in some hundred.
 */
class OneRequestAtATimeTests {
  private static final String PLAIN = " HTTP/1.1\r\nHost: x\r\n";
  private static final String POST = "POST /now" + PLAIN + "Content-Length: 40\r\n";

  private final CompletableFuture<Void> secondIsRead = new CompletableFuture<>();
  private WebServer server;
  private Socket socket;
  private BufferedReader answers;

  @BeforeEach
  void start() throws IOException {
    var factory = new NettyReactiveWebServerFactory(0);
    factory.addServerCustomizers(
        netty ->
            netty.doOnChannelInit(
                (observer, channel, remote) -> {
                  OneRequestAtATime.install(channel);
                  channel.pipeline().addAfter(NettyPipeline.HttpCodec, "late", new Late());
                }));
    server = factory.getWebServer(this::handle);
    server.start();
    socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
    socket.setSoTimeout((int) Duration.ofSeconds(10).toMillis());
    answers =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
  }

  @AfterEach
  void stop() throws IOException {
    socket.close();
    server.stop();
  }

  /**
   * Tells when the second request's head has come as far as it does; the server hears no sooner
   * that an answer has left.
   */
  private final class Late extends ChannelDuplexHandler {
    private int requests;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.fireChannelRead(message);
      if (message instanceof HttpRequest && ++requests == 2) {
        context.executor().execute(() -> secondIsRead.complete(null));
      }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      boolean late = message instanceof LastHttpContent;
      var written = context.write(message, late ? context.newPromise() : promise);
      if (late) {
        var _ =
            written.addListener(
                done -> {
                  var _ = secondIsRead.thenRun(promise::trySuccess);
                });
      }
    }
  }

  /** The answer to /file is whole when the exchange is not over. */
  private Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
    String path = request.getPath().value();
    response.getHeaders().setContentLength(path.length());
    Mono<DataBuffer> body =
        Mono.just(response.bufferFactory().wrap(path.getBytes(StandardCharsets.US_ASCII)));
    return response.writeWith(
        path.equals("/file")
            ? Flux.concat(body, Mono.fromFuture(secondIsRead, true).then(Mono.empty()))
            : body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/now", "/file"})
  void isAnsweredIfItAlsoEndsTheConnection(String first) throws IOException {
    assertThat(ask("GET " + first + PLAIN, "")).isEqualTo(first);
    assertThat(ask(POST + "Connection: close\r\n", "x".repeat(40))).isEqualTo("/now");
    assertThat(answers.read()).as("the end").isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/now", "/file"})
  void isNotTheLastOnItsConnection(String first) throws IOException {
    assertThat(ask("GET " + first + PLAIN, "")).isEqualTo(first);
    assertThat(ask("GET /now" + PLAIN, "")).isEqualTo("/now");
    assertThat(ask(POST, "x".repeat(40))).isEqualTo("/now");
    assertThat(ask("GET /now" + PLAIN, "")).isEqualTo("/now");
  }

  @Test
  void isAnsweredWhateverManyPiecesItHas() throws IOException {
    String chunked = "1\r\nx\r\n".repeat(5_000) + "0\r\n\r\n";
    assertThat(ask("GET /now" + PLAIN, "")).isEqualTo("/now");
    assertThat(ask("POST /now" + PLAIN + "Transfer-Encoding: chunked\r\n", chunked))
        .isEqualTo("/now");
    assertThat(ask("GET /now" + PLAIN, "")).isEqualTo("/now");
  }

  @Test
  void thoseSentTogetherAreAnsweredInTheirOrder() throws IOException {
    send("GET /file" + PLAIN + "\r\n" + "GET /a" + PLAIN + "\r\n" + POST + "\r\n" + "x".repeat(40));
    send("GET /b" + PLAIN + "Connection: close\r\n\r\n");
    assertThat(answer()).isEqualTo("/file");
    assertThat(answer()).isEqualTo("/a");
    assertThat(answer()).isEqualTo("/now");
    assertThat(answer()).isEqualTo("/b");
    assertThat(answers.read()).as("the end").isEqualTo(-1);
  }

  private String ask(String head, String body) throws IOException {
    send(head + "\r\n" + body);
    return answer();
  }

  private void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private String answer() throws IOException {
    assertThat(answers.readLine()).isEqualTo("HTTP/1.1 200 OK");
    int length = 0;
    for (String line = answers.readLine(); !line.isEmpty(); line = answers.readLine()) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
        length = Integer.parseInt(line.substring("content-length: ".length()));
      }
    }
    var body = new char[length];
    assertThat(answers.read(body)).isEqualTo(length);
    return new String(body);
  }
}
