package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import io.r1platform.api.holds.Holds;
import io.r1platform.api.holds.WorstCase;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.limits.Pass;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Journal;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Prices;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/** What happens to a request after its key was checked and before it starts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StartIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true}\
      """;

  private Gateway gateway;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of());
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void refusesAKeyThatIsRevokedWhileTheBodyComes() throws IOException {
    gateway.engine.does(chat -> chat.stream().write(usageChunk(0, 5, "stop") + DONE));
    String key = gateway.issueKey();
    byte[] body = STREAM.getBytes(StandardCharsets.UTF_8);
    URI at = gateway.api.uri("/v1/chat/completions");
    try (var socket = new Socket(at.getHost(), at.getPort())) {
      socket
          .getOutputStream()
          .write(
              """
              POST /v1/chat/completions HTTP/1.1\r
              Host: localhost\r
              Authorization: Bearer %s\r
              Content-Type: application/json\r
              Content-Length: %d\r
              Expect: 100-continue\r
              Connection: close\r
              \r
              """
                  .formatted(key, body.length)
                  .getBytes(StandardCharsets.UTF_8));
      assertThat(Gateway.readUntil(socket.getInputStream(), "\r\n\r\n")).contains(" 100 ");
      gateway.revokeLastKey();
      Await.until("the revocation", () -> gateway.chatAs(key, "{}").statusCode() == 401);

      socket.getOutputStream().write(body);
      assertThat(Gateway.readUntil(socket.getInputStream(), "}"))
          .contains(" 401 ", "\"code\":\"key_revoked\"", "\"charged\":\"0\"");
    }
    assertThat(gateway.engine.chats()).isEmpty();
    assertThat(gateway.api.bean(Holds.class).openHolds()).isZero();
    assertThat(gateway.api.bean(Journal.class).openRequests()).isZero();
  }

  @Test
  void runsNothingForAClientThatLeavesBeforeTheStart() {
    gateway.engine.does(chat -> chat.stream().write(usageChunk(0, 5, "stop") + DONE));
    Holds holds = gateway.api.bean(Holds.class);
    Caller caller = gateway.caller();
    Price price =
        gateway
            .api
            .bean(Prices.class)
            .at(caller.organizationId(), 2, RunningApi.START)
            .orElseThrow();
    var hold = holds.take(caller, WorstCase.of(100, 10, price.worst())).join();
    RequestBody body = gateway.api.bean(Bodies.class).open(-1);
    body.add(DefaultDataBufferFactory.sharedInstance.wrap(STREAM.getBytes(StandardCharsets.UTF_8)));
    UUID id = new UUID(RunningApi.START.toEpochMilli() << 16 | 0x7000, 0x8000_0000_0000_0001L);
    var call =
        new EngineClient.Call(
            id,
            Kind.CHAT,
            new Asker("tenant", "project", 1, null),
            false,
            "1.1",
            "r1-nano",
            100,
            10,
            1,
            0,
            null,
            body);
    var admission = Admission.of(id, caller, 2, price, 10, true, RunningApi.START);
    var sink = new AtomicReference<FluxSink<DataBuffer>>();
    Flux.<DataBuffer>create(sink::set).subscribe().dispose();

    var wanted = new Run.Wanted(admission, call, false);
    var response = new MockServerHttpResponse();
    var client = new ConnectedClient(response, sink.get(), true);
    new Run(gateway.api.bean(Relay.class), wanted, hold, Pass.FREE, client).start();

    assertThat(gateway.api.bean(Journal.class).openRequests()).as("no ADMIT").isZero();
    assertThat(holds.openHolds()).isZero();
    assertThat(gateway.engine.chats()).isEmpty();
    assertThat(gateway.engine.wasCancelled(id.toString())).isFalse();
    assertThat(gateway.api.bean(MeterRegistry.class).get("r1.bodies.bytes").gauge().value())
        .isZero();
  }
}
