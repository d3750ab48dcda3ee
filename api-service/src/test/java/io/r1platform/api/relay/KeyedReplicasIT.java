package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import io.r1platform.api.prices.Prices;
import io.r1platform.api.upstreams.Catalogue;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A repeat that comes to another replica than the first. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyedReplicasIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true}\
      """;

  private Gateway gateway;
  private RunningApi peer;
  private KeyedClient here;
  private KeyedClient there;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of());
    peer =
        RunningApi.start(
            gateway.database,
            Map.of(
                "r1.api.upstreams.inference-url", gateway.engine.url(),
                "r1.api.billing.url", gateway.billing.url(),
                "r1.api.metering.replica-id", "2"));
    Catalogue catalogue = peer.bean(Catalogue.class);
    Await.until(
        "the peer has prices and models",
        () ->
            peer.bean(Prices.class).at(2, RunningApi.START).isPresent()
                && catalogue.card(catalogue.served().getFirst()).isPresent()
                && peer.get("/v1/models", gateway.key).statusCode() == 200);
    here = new KeyedClient(gateway.api, gateway.key);
    there = new KeyedClient(peer, gateway.key);
  }

  @AfterAll
  void stop() {
    here.close();
    there.close();
    peer.close();
    gateway.close();
  }

  @Test
  void waitsAtAnotherReplicaForTheAnswerOfTheFirst() {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "content", "a"));
          go.await(20, TimeUnit.SECONDS);
          chat.write(
              token(2, "content", "b") + finish(2, "stop") + usageChunk(0, 2, "stop") + DONE);
        });
    var first = here.chatAsync("peers-1", STREAM);
    Await.until("it runs", () -> !gateway.engine.chats().isEmpty());
    var second = there.chatAsync("peers-1", STREAM);
    go.countDown();
    assertThat(second.join().body()).isEqualTo(first.join().body()).endsWith(DONE);
    assertThat(second.join().headers().firstValue("x-r1-replayed")).contains("true");
    assertThat(Gateway.id(second.join())).isEqualTo(Gateway.id(first.join()));
    assertThat(gateway.engine.chats()).hasSize(1);
    assertThat(gateway.rows(Gateway.id(first.join()), "F")).isEqualTo(1);
  }

  @Test
  void answers502WithoutAChargeWhenTheOtherReplicaDiesMeanwhile() {
    gateway.engine.does(chat -> chat.stream().write(token(1, "content", "a")).awaitCancel());
    JdbcClient database = gateway.api.bean(JdbcClient.class);
    database.sql("insert into replica (replica_id, epoch, seen_at) values (7, 1, now())").update();
    database
        .sql(
            """
            insert into idempotency (project_id, path, key_sha256, body_sha256, event_id, owner,
              created_at)
            select id, '/v1/chat/completions', sha256('peers-2'), sha256(convert_to(?, 'UTF8')),
              uuidv7(), '7.1', ?
            from project
            """)
        .param(STREAM)
        .param(java.sql.Timestamp.from(RunningApi.START))
        .update();
    var waits = there.chatAsync("peers-2", STREAM);
    MeterRegistry meters = peer.bean(MeterRegistry.class);
    Await.until(
        "the repeat waits",
        () -> meters.find("r1.idempotency").tag("standing", "running").counter() != null);
    database.sql("update replica set epoch = 2 where replica_id = 7").update();
    HttpResponse<String> answer = waits.join();
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("\"charged\":\"0\"");
    assertThat(answer.headers().firstValue("x-should-retry")).contains("true");
    assertThat(gateway.engine.chats()).isEmpty();
  }
}
