package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.KEEP_ALIVE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usage;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.prices.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The wire as clients see it, byte by byte: at the gateway itself, and behind nginx. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamWireIT {
  enum Way {
    DIRECT,
    NGINX
  }

  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true,
       "stream_options":{"include_usage":true}}\
      """;
  private static final String JSON =
      "{\"model\":\"r1-nano\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private static final Pattern RECEIPT = Pattern.compile(Wire.RECEIPT);

  /** The last chunk as clients get it: the engine's, without our own member and with the cost. */
  private static final String PRICED =
      "id: 5\ndata: {\"id\":\"chatcmpl-x\",\"object\":\"chat.completion.chunk\",\"created\":1,"
          + "\"model\":\"r1-nano\",\"choices\":[],"
          + usage(4, 1).replaceFirst("}$", "")
          + ",\"cost\":\"0.00001673\",\"currency\":\"USD\",\"price_version\":\"pv_1\"}}\n\n";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** What the engine may write next. */
  private final Semaphore may = new Semaphore(0);

  private Gateway gateway;
  private Nginx nginx;

  @BeforeAll
  void start() {
    Nginx.require();
    gateway = new Gateway(Map.of());
    nginx = Nginx.before(gateway.api.uri(""));
  }

  @AfterAll
  void stop() {
    http.shutdownNow();
    if (gateway != null) {
      nginx.close();
      gateway.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void everyByteIsAsSpecified(Way way) throws IOException {
    String events =
        KEEP_ALIVE
            + KEEP_ALIVE
            + token(1, "reasoning_content", "Wé 한 😀")
            + ": keep-alive\n"
            + token(3, "reasoning_content", "!")
            + ": reasoning_tokens=4\n"
            + token(5, "content", "9.8")
            + finish(5, "stop");
    gateway.engine.does(chat -> chat.stream().write(events + usageChunk(4, 1, "stop") + DONE));
    HttpResponse<InputStream> response = open(way, STREAM);
    assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
    assertThat(response.headers().firstValue("cache-control")).contains("no-store");
    assertThat(response.headers().firstValue("content-length")).isEmpty();
    byte[] bytes = response.body().readAllBytes();
    assertThat(withoutReceipt(new String(bytes, StandardCharsets.UTF_8)))
        .isEqualTo(events + PRICED + "id: 5\n" + DONE);
    assertThat(blocksWithoutData(bytes)).isZero();
  }

  /** The stream but for its receipt, which is the first line of the block with the usage. */
  private static String withoutReceipt(String stream) {
    Matcher receipt = RECEIPT.matcher(stream);
    assertThat(receipt.find()).as(stream).isTrue();
    assertThat(stream.substring(receipt.end())).startsWith(PRICED);
    return receipt.replaceFirst("");
  }

  /** Blank lines after the first {@code id:} that end a block without {@code data:}. */
  private static long blocksWithoutData(byte[] stream) {
    long found = 0;
    boolean begun = false;
    boolean data = false;
    for (String line : new String(stream, StandardCharsets.UTF_8).split("\n", -1)) {
      begun |= line.startsWith("id: ");
      if (line.startsWith("data: ")) {
        data = true;
      } else if (line.isEmpty()) {
        found += begun && !data ? 1 : 0;
        data = false;
      }
    }
    return found - 1; // what split finds behind the last line feed
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void eachEventArrivesBeforeTheNextIsMade(Way way) throws IOException {
    String[] events = {
      KEEP_ALIVE, KEEP_ALIVE, token(1, "content", "a"), ": keep-alive\n", token(2, "content", "b")
    };
    gateway.engine.does(
        chat -> {
          chat.stream();
          for (String event : events) {
            chat.write(event);
            assertThat(may.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
          }
          chat.write(finish(5, "stop") + usageChunk(4, 1, "stop") + DONE);
        });
    try (InputStream in = open(way, STREAM).body()) {
      for (String event : events) {
        assertThat(exactly(in, event.length())).isEqualTo(event);
        may.release();
      }
      assertThat(withoutReceipt(new String(in.readAllBytes(), StandardCharsets.UTF_8)))
          .isEqualTo(finish(5, "stop") + PRICED + "id: 5\n" + DONE);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void emptyLinesArriveWhileAJsonAnswerIsWaitedFor(Way way) throws IOException {
    gateway.engine.does(
        chat -> {
          chat.json();
          for (int i = 0; i < 3; i++) {
            chat.write("\n");
            assertThat(may.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
          }
          chat.write("{\"choices\":[]," + usage(4, 1) + "," + r1("stop") + "}");
        });
    try (InputStream in = open(way, JSON).body()) {
      for (int i = 0; i < 3; i++) {
        assertThat(exactly(in, 1)).isEqualTo("\n");
        may.release();
      }
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("{\"choices\":[]," + usage(4, 1).replaceFirst("}$", ""))
          .endsWith("\"cost\":\"0.00001673\",\"currency\":\"USD\",\"price_version\":\"pv_1\"}}");
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aHangUpStopsTheEngineAndChargesWhatCame(Way way) throws IOException {
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(2, "reasoning_content", "a"));
          chat.awaitCancel();
          chat.write(usageChunk(4, 1, "cancelled") + DONE);
        });
    HttpResponse<InputStream> response = open(way, STREAM);
    Gateway.readUntil(response.body(), "\n\n");
    response.body().close();
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.finish()).isEqualTo("client_disconnect");
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 4, 1));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aFailureInTheMiddleIsTheLastEvent(Way way) throws IOException {
    String begun = token(5, "reasoning_content", "a");
    gateway.engine.does(chat -> chat.stream().write(begun + "id: 6\ndata: {\"cho"));
    String text =
        new String(open(way, STREAM).body().readAllBytes(), StandardCharsets.UTF_8)
            .replaceFirst(Wire.RECEIPT, "");
    assertThat(text).startsWith(begun + "data: {\"error\":{").endsWith("}\n\n");
    assertThat(text.substring(begun.length()).indexOf('\n'))
        .isEqualTo(text.length() - begun.length() - 2);
  }

  /** The gateway's own refusals come through as they are: status, retry and body. */
  @ParameterizedTest
  @EnumSource(Way.class)
  void aRefusalComesWithItsHeaders(Way way) throws IOException {
    gateway.engine.does(chat -> chat.error(429, "queue_full", "Full."));
    HttpResponse<InputStream> response = open(way, STREAM);
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("x-should-retry")).contains("true");
    assertThat(response.headers().firstValue("retry-after")).contains("7");
    assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
        .contains("\"code\":\"queue_full\"", Gateway.id(response));
    assertThat(gateway.engine.chats()).hasSize(1);
  }

  private HttpResponse<InputStream> open(Way way, String body) {
    may.drainPermits();
    URI server =
        switch (way) {
          case DIRECT -> gateway.api.uri("/v1/chat/completions");
          case NGINX -> nginx.url().resolve("/v1/chat/completions");
        };
    return http.sendAsync(
            HttpRequest.newBuilder(server)
                .timeout(Duration.ofSeconds(40))
                .header("Authorization", "Bearer " + gateway.key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofInputStream())
        .join();
  }

  private static String exactly(InputStream in, int length) throws IOException {
    return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
  }
}
