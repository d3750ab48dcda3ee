package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.r1platform.api.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** How answers are written, also to clients that stop reading and hang up. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StalledClientsIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true,
       "max_tokens":1000}""";
  private static final int CLIENTS = 8;
  private static final int SMALL_WINDOW = 4 << 10;
  private static final int PIECES = 2_000;
  private static final String PIECE = token(1, "content", "x".repeat(1 << 10)).repeat(16);
  private static final int STILL = 20;
  private static final long MARGIN = 6L << 20;

  private final AtomicLong written = new AtomicLong();
  private Gateway gateway;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of("spring.main.sources", WriterThreads.class.getName()));
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  /** What waited for such a client goes back with it, or a tenant empties the gateway's memory. */
  @Test
  void leaveNoDirectMemoryBehind() throws Exception {
    gateway.engine.does(this::generateUntilCancelled);
    hangUpOnAll();
    long before = directMemory();

    hangUpOnAll();
    hangUpOnAll();
    assertThat(directMemory() - before).isLessThan(MARGIN);
  }

  /** Else a request for more may be lost, and the answer stands still (decision 0009). */
  @Test
  void everyPieceIsWrittenOnTheConnectionsOwnThread() {
    gateway.engine.does(
        chat -> {
          chat.stream();
          for (int i = 1; i <= 20; i++) {
            chat.write(token(i, "content", "a"));
          }
          chat.write(usageChunk(0, 20, "stop") + DONE);
        });
    int before = WriterThreads.OWN.get();
    gateway.chat(STREAM);
    assertThat(WriterThreads.OWN.get()).isGreaterThan(before);
    assertThat(WriterThreads.FOREIGN).hasValue(0);
  }

  private static long directMemory() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  private void generateUntilCancelled(FakeEngine.Chat chat) throws IOException {
    chat.stream();
    for (int i = 0; i < PIECES && !gateway.engine.wasCancelled(chat.id()); i++) {
      chat.write(PIECE);
      written.incrementAndGet();
    }
    chat.write(usageChunk(0, 1, "cancelled") + DONE);
  }

  private void hangUpOnAll() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Socket socket = connect();
      sockets.add(socket);
      ids.add(requestId(socket.getInputStream()));
    }
    awaitStall();
    for (Socket socket : sockets) {
      socket.close();
    }
    for (String id : ids) {
      assertThat(gateway.finalOf(id).finish()).isEqualTo("client_disconnect");
    }
  }

  /** Waits until nothing moves any more between the engine and the clients. */
  private void awaitStall() {
    AtomicLong last = new AtomicLong(-1);
    AtomicLong looks = new AtomicLong();
    Await.until(
        "all streams stand still",
        () -> {
          long now = written.get();
          looks.set(last.getAndSet(now) == now ? looks.get() + 1 : 0);
          return looks.get() >= STILL;
        });
  }

  private Socket connect() throws IOException {
    URI uri = gateway.api.uri("/v1/chat/completions");
    var socket = new Socket();
    socket.setReceiveBufferSize(SMALL_WINDOW);
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
    String head =
        """
        POST /v1/chat/completions HTTP/1.1
        Host: gateway
        Authorization: Bearer %s
        Content-Type: application/json
        Content-Length: %d

        """
            .formatted(gateway.key, STREAM.length())
            .replace("\n", "\r\n");
    socket.getOutputStream().write((head + STREAM).getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** Reads the answer's head byte by byte, and nothing more. */
  private static String requestId(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new AssertionError("no answer: " + head);
      }
      head.append((char) next);
    }
    return head.toString()
        .lines()
        .filter(line -> line.startsWith("x-request-id: "))
        .findFirst()
        .orElseThrow()
        .substring("x-request-id: ".length());
  }
}
